package dev.atoll.launcher.jvms;

import dev.atoll.stack.wire.MacAddress;

/**
 * A JVM at a switch. Compared by identity: of two with one address the later one is another JVM.
 */
final class Station {
    private final MacAddress mac;
    private final SwitchPort port;
    private final FrameCounter frames;

    /**
     * @param mac the hardware address that it was given
     * @param frames counts what is not delivered, the JVM's own
     */
    Station(MacAddress mac, SwitchPort port, FrameCounter frames) {
        this.mac = mac;
        this.port = port;
        this.frames = frames;
    }

    MacAddress mac() {
        return mac;
    }

    SwitchPort port() {
        return port;
    }

    FrameCounter frames() {
        return frames;
    }
}
