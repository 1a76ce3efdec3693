package dev.atoll.stack.filter;

import org.jspecify.annotations.Nullable;

/**
 * What the filter decided about one packet. Verdicts are made when rules are loaded, so that none is allocated for a
 * packet.
 *
 * @param kind what to do with the packet
 * @param rejectWith how to answer; present exactly for {@link Kind#REJECT}
 * @param origin the rule or policy that decided, or null where no rule was asked
 */
public record Verdict(
        Kind kind,
        @Nullable RejectWith rejectWith,
        @Nullable Origin origin) {
    /** What becomes of the packet. */
    public enum Kind {
        ACCEPT,
        DROP,
        REJECT
    }

    /** The packet goes on, and no rule had to say so. */
    public static final Verdict ACCEPT = new Verdict(Kind.ACCEPT, null, null);
}
