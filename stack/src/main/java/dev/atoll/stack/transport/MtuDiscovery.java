package dev.atoll.stack.transport;

import dev.atoll.stack.ip.IpLayer;

/** What is done about datagrams larger than the path carries: IP_MTU_DISCOVER of ip(7). */
public enum MtuDiscovery {
    DONT(IpLayer.FRAGMENT | IpLayer.PATH_MAY_FRAGMENT),
    WANT(IpLayer.FRAGMENT),
    DO(0),
    PROBE(IpLayer.IGNORE_PATH_MTU);

    /** The largest value. */
    public static final int LAST = 3;

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
        };
    }

    /** What {@link IpLayer#send} is told. */
    public int sendFlags() {
        return sendFlags;
    }
}
