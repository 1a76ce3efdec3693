package dev.atoll.launcher.policy;

import dev.atoll.stack.filter.Origin;
import java.util.List;

/**
 * Something in a policy that is probably not what was meant.
 *
 * @param kind what sort of thing, one word for scripts
 * @param place where it is
 * @param message what is wrong
 * @param about other places that have to do with it
 * @param advice what to do
 */
record Warning(Kind kind, Origin place, String message, List<Origin> about, String advice) {
    /** What there is to be said. */
    enum Kind {
        CONTRADICTION("contradiction"),
        SHADOWED("shadowed"),
        UNREACHABLE("unreachable"),
        NO_CALLER("no-caller"),
        NO_DNS("no-dns"),
        NO_ANSWERS("no-answers"),
        NO_LOOPBACK("no-loopback"),
        INTERNAL_NAME("internal-name"),
        /** Not a mistake, and no warning: only worth knowing. */
        CLOSED_FAMILY("closed-family"),
        NOT_EXAMINED("not-examined");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        boolean isNote() {
            return this == CLOSED_FAMILY || this == NOT_EXAMINED;
        }
    }

    Warning {
        about = List.copyOf(about);
    }
}
