package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a packet.
 *
 * @param rejectWith how it is answered; present exactly for {@link Kind#REJECT}
 * @param origin the rule or policy that decided; null for a built-in chain that the file does not mention
 * @param translations the targets of table nat that it met, as text; empty for none
 */
public record Outcome(
        Kind kind,
        @Nullable RejectWith rejectWith,
        @Nullable Origin origin,
        String translations) {
    /** How it ends. */
    public enum Kind {
        ACCEPT,
        DROP,
        REJECT,
        /** A target that this does not know: {@link #translations} names it. */
        UNKNOWN
    }

    /** Whether the packet fares the same, whatever rule says so. */
    public boolean isLike(Outcome other) {
        return kind == other.kind && rejectWith == other.rejectWith && translations.equals(other.translations);
    }
}
