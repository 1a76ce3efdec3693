package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Clock;

/** The time of one host: that of the network, from which both the monotonic and the wall clock may jump away. */
public final class HostClock implements Clock {
    private final Clock network;
    private long aheadNs;
    private long wallAheadNs;

    HostClock(Clock network) {
        this.network = network;
    }

    @Override
    public long nowNs() {
        return network.nowNs() + aheadNs;
    }

    @Override
    public long epochNs() {
        return network.epochNs() + wallAheadNs;
    }

    /** Has monotonic time begin elsewhere: before the host is booted, for its origin means nothing. */
    void setOrigin(long nowNs) {
        aheadNs = nowNs - network.nowNs();
    }

    /** Monotonic and wall-clock time go on later than they stopped, as after a suspension. */
    void suspendedFor(long ns) {
        aheadNs += ns;
        wallAheadNs += ns;
    }

    /** Somebody sets the wall clock, forwards or backwards. */
    void setWall(long byNs) {
        wallAheadNs += byNs;
    }

    long toNetworkNs(long hostNs) {
        return hostNs - aheadNs;
    }
}
