package dev.atoll.stack.filter;

/** What an address is to a host: Linux's types of routes (RTN_UNSPEC and so on), in their order. */
public enum AddressType {
    UNSPEC(1 << 0),
    UNICAST(1 << 1),
    LOCAL(1 << 2),
    BROADCAST(1 << 3),
    ANYCAST(1 << 4),
    MULTICAST(1 << 5),
    BLACKHOLE(1 << 6),
    UNREACHABLE(1 << 7),
    PROHIBIT(1 << 8),
    THROW(1 << 9),
    NAT(1 << 10),
    XRESOLVE(1 << 11);

    private final int bit;

    AddressType(int bit) {
        this.bit = bit;
    }

    /** This type's bit in a set of types. */
    public int bit() {
        return bit;
    }
}
