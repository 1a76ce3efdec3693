package dev.atoll.stack.filter;

/** {@code -j TRACE}: each rule and policy that the packet meets from here on is told as a {@link TraceStep}. */
public record TraceTarget() implements StandardTarget {
    @Override
    public Action apply(PacketContext context) {
        context.packet().traced = true;
        return Action.CONTINUE;
    }

    @Override
    public TableName requiredTable() {
        return TableName.RAW;
    }
}
