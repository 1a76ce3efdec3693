package dev.atoll.stack.filter;

/**
 * What a packet with {@code -j TRACE} met: {@code TRACE: filter:OUTPUT:rule:3}.
 *
 * @param chain its name
 * @param number the rule's place in its chain, counted from 1; of the chain's end the one behind the last rule
 */
public record TraceStep(TableName table, String chain, Kind kind, int number) implements LoggedPacket.Cause {
    /** What was met, by the words that Linux has for it. */
    public enum Kind {
        RULE,
        /** The end of a user chain, or a rule of one that sends every packet somewhere (ip_tables.c, get_chainname_rulenum). */
        RETURN,
        /** The policy of a built-in chain, or a rule of one that decides about every packet. */
        POLICY
    }
}
