package dev.atoll.launcher.jvms;

import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.stack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet switch between JVMs and the link they share, its uplink. It learns nothing: each JVM has the hardware address it was given, so
 * that none gets the frames of another by taking its address, and what is for no JVM goes to the uplink. A JVM's frames that name an
 * address which is not its own go nowhere ({@link SourceGuard}).
 *
 * <p>All methods: the loop's thread. A port without room loses frames, as a wire's switch does; they are counted.
 */
final class Switch {
    /** Of each frame in a buffer: the length in front of it. */
    static final int LENGTH_BYTES = 4;

    private static final int ETHERNET_BYTES = 14;
    private static final int GROUP_BIT = 1;

    private final Map<Long, Station> stations = new HashMap<>();
    private final FrameCounter atStations = new FrameCounter();
    private final FrameCounter atUplink = new FrameCounter();
    private @Nullable SwitchPort uplink;

    /** The link that is shared. */
    void connectUplink(SwitchPort port) {
        uplink = port;
    }

    /** In place of another one with its address, if there is one. */
    void connect(Station station) {
        Station before = stations.put(station.mac().bits(), station);
        if (before != null) {
            before.port().close();
        }
    }

    /** The JVM has ended; another one may have got its address meanwhile. */
    void disconnect(Station station) {
        boolean unused = stations.remove(station.mac().bits(), station);
    }

    /** Closes the port of whoever has that address, if there is one. */
    void closeStation(MacAddress mac) {
        Station station = stations.remove(mac.bits());
        if (station != null) {
            station.port().close();
        }
    }

    /**
     * A frame of a JVM's, as {@link SwitchPort#send} takes it.
     *
     * @return whether it may send that
     */
    boolean fromStation(Station station, ByteBuf frame) {
        int bytes = frame.readableBytes() - LENGTH_BYTES;
        if (bytes < ETHERNET_BYTES
                || !station.guard().allows(frame.nioBuffer(frame.readerIndex() + LENGTH_BYTES, bytes))) {
            station.frames().countRefused();
            atStations.countRefused();
            return false;
        }
        forward(station.port(), frame);
        return true;
    }

    /** A frame from the shared link. */
    void fromUplink(ByteBuf frame) {
        SwitchPort from = uplink;
        if (from == null || frame.readableBytes() < LENGTH_BYTES + ETHERNET_BYTES) {
            atUplink.countRefused();
            return;
        }
        forward(from, frame);
    }

    /** What was not delivered since the beginning, for stations that have gone, too; any thread. */
    FrameLosses losses() {
        return new FrameLosses(atStations.lost(), atUplink.lost(), atStations.refused() + atUplink.refused());
    }

    private void forward(SwitchPort from, ByteBuf frame) {
        int start = frame.readerIndex();
        if ((frame.getByte(start + LENGTH_BYTES) & GROUP_BIT) != 0) {
            flood(from, frame);
            return;
        }
        Station station = stations.get(destination(frame));
        if (station == null) {
            sendToUplink(from, frame);
        } else {
            send(station, from, frame);
        }
    }

    private void flood(SwitchPort from, ByteBuf frame) {
        for (Station station : stations.values()) {
            send(station, from, frame);
        }
        sendToUplink(from, frame);
    }

    private void send(Station to, SwitchPort from, ByteBuf frame) {
        if (to.port() != from && !to.port().send(frame)) {
            to.frames().countLost();
            atStations.countLost();
        }
    }

    private void sendToUplink(SwitchPort from, ByteBuf frame) {
        SwitchPort to = uplink;
        if (to == null || (to != from && !to.send(frame))) {
            atUplink.countLost();
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
        List<SwitchPort> ports = new ArrayList<>();
        for (Station station : stations.values()) {
            ports.add(station.port());
        }
        if (uplink != null) {
            ports.add(uplink);
        }
        return ports;
    }

    private static long destination(ByteBuf frame) {
        int at = frame.readerIndex() + LENGTH_BYTES;
        return (long) frame.getUnsignedShort(at) << 32 | frame.getUnsignedInt(at + 2);
    }
}
