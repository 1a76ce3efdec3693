package dev.atoll.stack.filter;

/** Which end of a packet is translated (netfilter's manip type). */
enum NatSide {
    SOURCE,
    DESTINATION;

    /** What is translated at a hook: the destination before the way is chosen, the source after; FORWARD does neither. */
    static NatSide at(Hook hook) {
        return hook == Hook.PREROUTING || hook == Hook.OUTPUT ? DESTINATION : SOURCE;
    }

    NatSide other() {
        return this == SOURCE ? DESTINATION : SOURCE;
    }
}
