package dev.atoll.stack.transport;

import dev.atoll.stack.ip.IpLayer;

/** What is done about datagrams larger than the path carries: IP_MTU_DISCOVER of ip(7). */
public enum MtuDiscovery {
    DONT(IpLayer.FRAGMENT | IpLayer.PATH_MAY_FRAGMENT),
    WANT(IpLayer.FRAGMENT),
    DO(IpLayer.ALWAYS_DONT_FRAGMENT),
    PROBE(IpLayer.IGNORE_PATH_MTU | IpLayer.ALWAYS_DONT_FRAGMENT),
    INTERFACE(IpLayer.IGNORE_PATH_MTU | IpLayer.PATH_MAY_FRAGMENT),
    OMIT(IpLayer.FRAGMENT | IpLayer.IGNORE_PATH_MTU | IpLayer.PATH_MAY_FRAGMENT);

    /** The largest value. */
    public static final int LAST = 5;

    private static final MtuDiscovery[] ALL = values();

    private final int sendFlags;

    MtuDiscovery(int sendFlags) {
        this.sendFlags = sendFlags;
    }

    /** The setting with that number. */
    public static MtuDiscovery of(int value) {
        return ALL[value];
    }

    /** Its number, as programs know it. */
    public int value() {
        return switch (this) {
            case DONT -> 0;
            case WANT -> 1;
            case DO -> 2;
            case PROBE -> 3;
            case INTERFACE -> 4;
            case OMIT -> 5;
        };
    }

    /** Whether what routers say about the path is believed. */
    public boolean acceptsPathMtu() {
        return this != INTERFACE && this != OMIT;
    }

    /** What {@link IpLayer#send} is told. */
    public int sendFlags() {
        return sendFlags;
    }
}
