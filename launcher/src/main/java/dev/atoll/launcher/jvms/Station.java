package dev.atoll.launcher.jvms;

import dev.atoll.stack.wire.MacAddress;

/**
 * A JVM at a switch. Compared by identity: of two with one address the later one is another JVM.
 */
final class Station {
    private final MacAddress mac;
    private final SwitchPort port;
    private final SourceGuard guard;
    private final FrameCounter frames;

    /**
     * @param mac the hardware address that it was given
     * @param guard knows what it may send
     * @param frames counts what is not delivered, the JVM's own
     */
    Station(MacAddress mac, SwitchPort port, SourceGuard guard, FrameCounter frames) {
        this.mac = mac;
        this.port = port;
        this.guard = guard;
        this.frames = frames;
    }

    MacAddress mac() {
        return mac;
    }

    SwitchPort port() {
        return port;
    }

    SourceGuard guard() {
        return guard;
    }

    FrameCounter frames() {
        return frames;
    }
}
