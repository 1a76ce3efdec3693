package dev.atoll.stack.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One segment of a {@link SimNetwork}: knows who has which link address, and floods what is for a group or unknown. */
public final class Switch {
    private static final int ADDRESS_BYTES = 6;

    private final SimNetwork network;
    private final List<Port> ports = new ArrayList<>();

    Switch(SimNetwork network) {
        this.network = network;
    }

    void add(Port port) {
        ports.add(port);
    }

    List<Port> ports() {
        return Collections.unmodifiableList(ports);
    }

    /** A frame came from a port; on it goes. */
    void forward(Port from, byte[] frame) {
        Port only = portOf(destination(frame));
        for (Port port : ports) {
            if (port != from && (only == null || port == only)) {
                port.down().send(network.nowNs(), frame);
            }
        }
    }

    private static long destination(byte[] frame) {
        long destination = 0;
        for (int i = 0; i < ADDRESS_BYTES; i++) {
            destination = destination << 8 | (frame[i] & 0xff);
        }
        return destination;
    }

    private @Nullable Port portOf(long linkAddress) {
        for (Port port : ports) {
            if (port.linkAddress().bits() == linkAddress) {
                return port;
            }
        }
        return null;
    }
}
