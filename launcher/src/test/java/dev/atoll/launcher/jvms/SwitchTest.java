package dev.atoll.launcher.jvms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SwitchTest {
    private static final MacAddress A = MacAddress.parse("02:00:0a:42:80:02");
    private static final MacAddress B = MacAddress.parse("02:00:0a:42:80:03");
    private static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress EVERYBODY = MacAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final MacAddress GROUP = MacAddress.parse("01:00:5e:00:00:fb");

    private final Switch frames = new Switch();
    private final List<String> sent = new ArrayList<>();
    private final SwitchPort portOfA = new Named("a");
    private final SwitchPort portOfB = new Named("b");
    private final SwitchPort uplink = new Named("uplink");

    /** Notes where frames go. */
    private final class Named implements SwitchPort {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void send(ByteBuf frame) {
            sent.add(name);
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
        frames.connect(A, portOfA);
        frames.connect(B, portOfB);
    }

    private static ByteBuf frame(MacAddress to, MacAddress from) {
        ByteBuf frame = Unpooled.buffer().writeInt(60);
        write(frame, to);
        write(frame, from);
        return frame.writeZero(48);
    }

    private static void write(ByteBuf frame, MacAddress address) {
        frame.writeShort((int) (address.bits() >> 32)).writeInt((int) address.bits());
    }

    @Test
    void station_toStation_goesThereAlone() {
        frames.fromStation(A, portOfA, frame(B, A));
        assertEquals(List.of("b"), sent);
    }

    @Test
    void station_toAnybodyElse_goesToTheUplink() {
        frames.fromStation(A, portOfA, frame(ROUTER, A));
        assertEquals(List.of("uplink"), sent);
    }

    @Test
    void groups_goToAllOthers() {
        frames.fromStation(A, portOfA, frame(EVERYBODY, A));
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
        frames.fromStation(A, portOfA, frame(ROUTER, B));
        frames.fromStation(A, portOfA, Unpooled.buffer().writeInt(13).writeZero(13));
        frames.fromUplink(Unpooled.buffer().writeInt(3).writeZero(3));
        assertEquals(List.of(), sent);
        assertEquals(3, frames.refused());
    }

    /** The address went to another JVM before the first one's port was closed. */
    @Test
    void stationThatIsSucceeded_leavesItsSuccessor() {
        frames.connect(A, portOfB);
        frames.disconnect(A, portOfA);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed", "b"), sent);
        frames.disconnect(A, portOfB);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed", "b"), sent);
    }

    @Test
    void stationThatHasGone_isClosed() {
        frames.closeStation(A);
        frames.closeStation(A);
        frames.fromUplink(frame(A, ROUTER));
        assertEquals(List.of("a closed"), sent);
    }
}
