package dev.atoll.stack.filter;

/** What connection tracking says of a packet, in the order in which iptables-save prints the names. */
public enum ConnState {
    /** It belongs to nothing known and cannot begin anything. */
    INVALID(1 << 0),
    /** It begins a flow, or belongs to one that was not answered yet. */
    NEW(1 << 1),
    /** It is an ICMP error about a known flow. */
    RELATED(1 << 2),
    /** It belongs to a flow that has seen packets both ways. */
    ESTABLISHED(1 << 3),
    /** It was exempted from tracking, or nothing tracks. */
    UNTRACKED(1 << 4);

    private final int bit;

    ConnState(int bit) {
        this.bit = bit;
    }

    /** This state's bit in a set of states. */
    public int bit() {
        return bit;
    }
}
