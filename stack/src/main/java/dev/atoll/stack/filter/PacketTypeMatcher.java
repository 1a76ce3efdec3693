package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketType;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m pkttype [!] --pkt-type}: whom the packet's frame was for. Linux calls what it sends unicast, whatever it is; what
 * loops back is judged by its destination.
 */
public record PacketTypeMatcher(Type type, boolean negated) implements StandardMatcher {
    /** The types that iptables has names for. */
    public enum Type {
        UNICAST,
        BROADCAST,
        MULTICAST
    }

    @Override
    public Result match(PacketContext context) {
        PacketType of = context.packet().type;
        boolean same =
                switch (type) {
                    case BROADCAST -> of == PacketType.BROADCAST;
                    case MULTICAST -> of == PacketType.MULTICAST;
                    case UNICAST -> of == PacketType.HOST || of == PacketType.OUTGOING;
                };
        return Matcher.of(same != negated);
    }

    static PacketTypeMatcher archived(Archive archive, @Nullable PacketTypeMatcher value) {
        Type type = archive.constant(value == null ? Type.UNICAST : value.type());
        return new PacketTypeMatcher(type, archive.bool(value != null && value.negated()));
    }
}
