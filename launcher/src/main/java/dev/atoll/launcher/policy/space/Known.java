package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.TableName;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a packet besides what its variables tell: what targets on its way have done with it.
 *
 * @param mark null if it may be any
 * @param translated where it goes now
 * @param untracked whether it is a new packet that connection tracking has not met yet
 * @param rerouted whether the way it leaves by was chosen anew, which its variables do not tell
 */
record Known(@Nullable Integer mark, Translated translated, boolean untracked, boolean rerouted) {
    /** A packet that may have met anything. */
    static final Known NOTHING = new Known(null, Translated.NOT, false, false);

    /** The same in table raw. */
    static final Known NOTHING_YET_TRACKED = new Known(null, Translated.NOT, true, false);

    /** A new packet of a program that sets no mark; Java has no way to. */
    static final Known UNMARKED = new Known(0, Translated.NOT, false, false);

    Known marked(int value, int mask) {
        Integer before = mark;
        return before == null ? this : new Known(before & ~mask ^ value, translated, untracked, rerouted);
    }

    Known translated(Translated to) {
        return new Known(mark, to, untracked, rerouted);
    }

    /** The same in a table: table raw is asked before connections are tracked, POSTROUTING when the way is chosen. */
    Known in(Hook hook, TableName table) {
        return new Known(mark, translated, table == TableName.RAW, hook == Hook.POSTROUTING && translated.hasAddress());
    }
}
