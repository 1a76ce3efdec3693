package dev.atoll.launcher.jvms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SwitchTest {
    private static final MacAddress A = MacAddress.parse("02:00:0a:42:80:02");
    private static final MacAddress B = MacAddress.parse("02:00:0a:42:80:03");
    private static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress EVERYBODY = MacAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final MacAddress GROUP = MacAddress.parse("01:00:5e:00:00:fb");

    private static final IpAddress IP = IpAddress.parse("10.66.128.2");

    private final Switch frames = new Switch();
    private final List<String> sent = new ArrayList<>();
    private final Set<String> full = new HashSet<>();
    private final Station a = station(A, "a");
    private final Station b = station(B, "b");
    private final SwitchPort uplink = new Named("uplink");

    /** Notes where frames go. */
    private final class Named implements SwitchPort {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public boolean send(ByteBuf frame) {
            return !full.contains(name) && sent.add(name);
        }

        @Override
        public void flush() {
            sent.add(name + " flushed");
        }

        @Override
        public void close() {
            sent.add(name + " closed");
        }
    }

    @BeforeEach
    void connect() {
        frames.connectUplink(uplink);
        frames.connect(a);
        frames.connect(b);
    }

    private Station station(MacAddress mac, String name) {
        return new Station(mac, new Named(name), new SourceGuard(mac, List.of(IP)), new FrameCounter());
    }

    /** An IPv4 packet from {@link #IP}. */
    private static ByteBuf frame(MacAddress to, MacAddress from) {
        ByteBuf frame = Unpooled.buffer().writeInt(60);
        write(frame, to);
        write(frame, from);
        return frame.writeShort(Ethernet.TYPE_IPV4)
                .writeZero(12)
                .writeInt(IP.v4Bits())
                .writeZero(30);
    }

    private static void write(ByteBuf frame, MacAddress address) {
        frame.writeShort((int) (address.bits() >> 32)).writeInt((int) address.bits());
    }

    @Test
    void station_toStation_goesThereAlone() {
        frames.fromStation(a, frame(B, A));
        assertEquals(List.of("b"), sent);
    }

    @Test
    void station_toAnybodyElse_goesToTheUplink() {
        frames.fromStation(a, frame(ROUTER, A));
        assertEquals(List.of("uplink"), sent);
    }

    @Test
    void groups_goToAllOthers() {
        frames.fromStation(a, frame(EVERYBODY, A));
        assertEquals(List.of("b", "uplink"), sent.stream().sorted().toList());
        sent.clear();
        frames.fromUplink(frame(GROUP, ROUTER));
        assertEquals(List.of("a", "b"), sent.stream().sorted().toList());
    }

    @Test
    void uplink_toNobody_isNotSentBack() {
        frames.fromUplink(frame(ROUTER, MacAddress.parse("02:00:00:00:00:09")));
        assertEquals(List.of(), sent);
    }

    @Test
    void falseSource_andTooShort_areRefused() {
        frames.fromStation(a, frame(ROUTER, B));
        frames.fromStation(a, Unpooled.buffer().writeInt(13).writeZero(13));
        frames.fromUplink(Unpooled.buffer().writeInt(3).writeZero(3));
        assertEquals(List.of(), sent);
        assertEquals(new FrameLosses(0, 0, 3), frames.losses());
        assertEquals(2, a.frames().refused());
        assertEquals(0, b.frames().refused());
    }

    @Test
    void portsWithoutRoom_loseWhatIsForThem_andItIsCounted() {
        full.addAll(List.of("b", "uplink"));
        frames.fromStation(a, frame(B, A));
        frames.fromStation(a, frame(ROUTER, A));
        frames.fromUplink(frame(EVERYBODY, ROUTER));
        frames.fromStation(a, frame(EVERYBODY, A));
        assertEquals(List.of("a"), sent);
        assertEquals(new FrameLosses(3, 2, 0), frames.losses());
        assertEquals(3, b.frames().lost());
        assertEquals(0, a.frames().lost());
    }

    @Test
    void stationsThatHaveGone_areCountedStill() {
        full.add("b");
        frames.fromUplink(frame(B, ROUTER));
        frames.closeStation(B);
        frames.close();
        frames.fromStation(a, frame(ROUTER, A));
        assertEquals(new FrameLosses(1, 1, 0), frames.losses());
    }

    /** The address went to another JVM before the first one's port was closed. */
    @Test
    void stationThatIsSucceeded_leavesItsSuccessor() {
        Station next = station(A, "next");
        frames.connect(next);
        frames.disconnect(a);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed", "next"), sent);
        frames.disconnect(next);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed", "next"), sent);
    }

    @Test
    void stationThatHasGone_isClosed() {
        frames.closeStation(A);
        frames.closeStation(A);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed"), sent);
    }
}
