package dev.atoll.launcher.jvms;

import dev.atoll.stack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet switch between JVMs and the link they share, its uplink. It learns nothing: each JVM has the hardware address it was given, so
 * that none gets the frames of another by taking its address, and what is for no JVM goes to the uplink.
 *
 * <p>All methods: the loop's thread. A port without room loses frames, as a wire's switch does.
 */
final class Switch {
    /** Of each frame in a buffer: the length in front of it. */
    static final int LENGTH_BYTES = 4;

    private static final int ETHERNET_BYTES = 14;
    private static final int SOURCE_AT = LENGTH_BYTES + 6;
    private static final int GROUP_BIT = 1;

    private final Map<Long, SwitchPort> stations = new HashMap<>();
    private @Nullable SwitchPort uplink;
    private long refused;

    /** The link that is shared. */
    void connectUplink(SwitchPort port) {
        uplink = port;
    }

    /** In place of another one, if there is one. */
    void connect(MacAddress station, SwitchPort port) {
        SwitchPort before = stations.put(station.bits(), port);
        if (before != null) {
            before.close();
        }
    }

    /** The JVM has ended; another one may have got its address meanwhile. */
    void disconnect(MacAddress station, SwitchPort port) {
        boolean unused = stations.remove(station.bits(), port);
    }

    /** Closes the port of that station, if there is one. */
    void closeStation(MacAddress station) {
        SwitchPort port = stations.remove(station.bits());
        if (port != null) {
            port.close();
        }
    }

    /** A frame of a JVM's, as {@link SwitchPort#send} takes it. */
    void fromStation(MacAddress station, SwitchPort port, ByteBuf frame) {
        if (frame.readableBytes() < LENGTH_BYTES + ETHERNET_BYTES || source(frame) != station.bits()) {
            refused++;
            return;
        }
        forward(port, frame);
    }

    /** A frame from the shared link. */
    void fromUplink(ByteBuf frame) {
        SwitchPort from = uplink;
        if (from == null || frame.readableBytes() < LENGTH_BYTES + ETHERNET_BYTES) {
            refused++;
            return;
        }
        forward(from, frame);
    }

    /** Frames that were too short, or came with a hardware address of somebody else's. */
    long refused() {
        return refused;
    }

    private void forward(SwitchPort from, ByteBuf frame) {
        int start = frame.readerIndex();
        if ((frame.getByte(start + LENGTH_BYTES) & GROUP_BIT) != 0) {
            flood(from, frame);
            return;
        }
        SwitchPort to = stations.getOrDefault(destination(frame), uplink);
        if (to != null && to != from) {
            to.send(frame);
        }
    }

    private void flood(SwitchPort from, ByteBuf frame) {
        for (SwitchPort port : ports()) {
            if (port != from) {
                port.send(frame);
            }
        }
    }

    /** What was forwarded goes out: a batch has been read. */
    void flush() {
        for (SwitchPort port : ports()) {
            port.flush();
        }
    }

    /** Closes every port. */
    void close() {
        for (SwitchPort port : ports()) {
            port.close();
        }
        stations.clear();
        uplink = null;
    }

    private List<SwitchPort> ports() {
        List<SwitchPort> ports = new ArrayList<>(stations.values());
        if (uplink != null) {
            ports.add(uplink);
        }
        return ports;
    }

    private static long destination(ByteBuf frame) {
        return address(frame, frame.readerIndex() + LENGTH_BYTES);
    }

    private static long source(ByteBuf frame) {
        return address(frame, frame.readerIndex() + SOURCE_AT);
    }

    private static long address(ByteBuf frame, int at) {
        return (long) frame.getUnsignedShort(at) << 32 | frame.getUnsignedInt(at + 2);
    }
}
