package dev.atoll.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Admitted;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.runtime.control.ControlRecord.Ended;
import dev.atoll.runtime.control.ControlRecord.Failed;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.Hello;
import dev.atoll.runtime.control.ControlRecord.Link;
import dev.atoll.runtime.control.ControlRecord.LinkKind;
import dev.atoll.runtime.control.ControlRecord.LinkOpening;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.runtime.control.ControlRecord.PacketLog;
import dev.atoll.runtime.control.ControlRecord.PacketSource;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Ready;
import dev.atoll.runtime.control.ControlRecord.Refused;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.Route;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlRecord.Stop;
import dev.atoll.runtime.control.ControlRecord.Ticket;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCodecTest {
    private static final Setup SETUP = new Setup(
            "lagoon",
            new Link(LinkKind.TAP, 3, "eth0", 1500, MacAddress.parse("02:00:00:00:00:02"), 10, true),
            List.of(new Address(IpAddress.parse("10.66.0.2"), 30), new Address(IpAddress.parse("fd00::2"), 64)),
            IpAddress.parse("10.66.0.1"),
            List.of(
                    new Route(Subnet.parse("10.0.0.0/8"), IpAddress.parse("10.66.0.3")),
                    new Route(
                            Subnet.parse("169.254.1.1/32"),
                            null,
                            new RouteOptions(0, IpAddress.parse("10.66.0.2"), 1300, true, 1200, 4))),
            new Names(
                    List.of(IpAddress.parse("10.66.0.1"), IpAddress.parse("9.9.9.9")),
                    true,
                    List.of("corp.example", "example"),
                    3,
                    7,
                    4,
                    true),
            false,
            true,
            5,
            true,
            false,
            true);

    static List<ToProgram> toProgram() {
        Link none = new Link(LinkKind.NONE, ControlRecord.NO_DESCRIPTOR, "none", 65535, MacAddress.ZERO, 0, false);
        return List.of(
                SETUP,
                new Setup(
                        "",
                        none,
                        List.of(),
                        null,
                        List.of(),
                        Names.NONE,
                        true,
                        false,
                        ControlRecord.NO_DESCRIPTOR,
                        false,
                        true,
                        false),
                new Policy(ByteBuffer.wrap(new byte[] {1, 2, 3})),
                new Policy(ByteBuffer.allocate(0)),
                new Reload(7, ByteBuffer.wrap(new byte[] {4, 5})),
                new Admitted(new Ticket(0x0123_4567_89ab_cdefL, -2)),
                new Refused("64 JVMs run in the sandbox"),
                new Stop("the launcher ends"));
    }

    static List<ToLauncher> toLauncher() {
        return List.of(
                new Ready(),
                new Hello(),
                new LinkOpening(new Ticket(Long.MIN_VALUE, 7)),
                new Denial("egress.rules:12: -A OUTPUT -j REJECT", "tcp 10.66.0.2:4711 > 10.0.0.1:80", "App.java:7"),
                new Denial(
                        "egress.rules:13: -A OUTPUT -j DROP",
                        "udp",
                        "",
                        new DeniedPacket(
                                true,
                                false,
                                17,
                                new FullAddress(IpAddress.parse("10.66.0.2"), 65535),
                                new FullAddress(IpAddress.parse("2001:db8::1"), 0))),
                new Counters(List.of(new Counter("tcp.segments.in", 1L << 40), new Counter("ü", -1))),
                new Failed(FailureCode.LINK, "gone"),
                new Flow(
                        1_700_000_000_123L,
                        210,
                        FlowVerdict.WOULD_REJECT,
                        new Origin("egress.conf", 8, "pages: allow"),
                        FlowDirection.OUT,
                        6,
                        new FullAddress(IpAddress.parse("10.66.0.2"), 49152),
                        new FullAddress(IpAddress.parse("2001:db8::7"), 443),
                        "www.shop.example",
                        new Traffic(1, 2, 3, 1L << 40),
                        new Caller("main", "app.jar", List.of("App.run(App.java:7)", "App.main(App.java:3)"))),
                new Flow(
                        0,
                        0,
                        FlowVerdict.ACCEPT,
                        null,
                        FlowDirection.LOCAL,
                        1,
                        new FullAddress(IpAddress.V4_LOOPBACK, 0),
                        new FullAddress(IpAddress.V4_LOOPBACK, 0),
                        "",
                        Traffic.NONE,
                        Caller.UNKNOWN),
                new Ended(),
                new Reloaded(7, 50, ""),
                new PacketLog(
                        PacketSource.NFLOG,
                        3,
                        65535,
                        "egress.rules:12: -A OUTPUT -j NFLOG",
                        "p ",
                        "IN= OUT=eth0 SRC=10.66.0.2",
                        1L << 40));
    }

    @ParameterizedTest
    @MethodSource("toProgram")
    void toProgram_encoded_decodesToTheSame(ToProgram value) throws ControlFault {
        assertEquals(value, ControlCodec.decodeToProgram(record(value)));
    }

    @ParameterizedTest
    @MethodSource("toLauncher")
    void toLauncher_encoded_decodesToTheSame(ToLauncher value) throws ControlFault {
        assertEquals(value, ControlCodec.decodeToLauncher(record(value)));
    }

    @ParameterizedTest
    @MethodSource("toProgram")
    void toProgram_cutAnywhere_isAFault(ToProgram value) {
        ByteBuffer whole = record(value);
        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            assertThrows(ControlFault.class, () -> ControlCodec.decodeToProgram(cut), "cut to " + length);
        }
    }

    @ParameterizedTest
    @MethodSource("toLauncher")
    void toLauncher_withBytesAfterIt_isAFault(ToLauncher value) {
        byte[] bytes = record(value).array();
        byte[] longer = Arrays.copyOfRange(bytes, ControlCodec.LENGTH_BYTES, bytes.length + 1);
        ControlFault fault =
                assertThrows(ControlFault.class, () -> ControlCodec.decodeToLauncher(ByteBuffer.wrap(longer)));
        assertTrue(fault.toString().contains("after the record's last field"), fault.toString());
    }

    @Test
    void otherVersion_isAFaultThatNamesBoth() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 1});
        ControlFault fault = assertThrows(ControlFault.class, () -> ControlCodec.decodeToLauncher(bytes));
        assertEquals("a record of version 9, expected is " + ControlCodec.VERSION, fault.getMessage());
    }

    @Test
    void directions_doNotMix() {
        ByteBuffer ended = record(new Ended());
        assertThrows(ControlFault.class, () -> ControlCodec.decodeToProgram(ended));
    }

    @Test
    void textTooLong_isCutBetweenCharacters() throws ControlFault {
        String text = "x" + "é".repeat(ControlCodec.MAX_TEXT_BYTES);
        Failed sent = new Failed(FailureCode.STACK, text);
        Failed got = (Failed) ControlCodec.decodeToLauncher(record(sent));
        assertEquals(text.substring(0, ControlCodec.MAX_TEXT_BYTES / 2), got.message());
    }

    @Test
    void prefixLengthOutOfRange_isAFault() {
        byte[] bytes = ControlCodec.encode(SETUP);
        int at = indexOf(bytes, (byte) 30);
        bytes[at] = 33;
        ByteBuffer changed =
                ByteBuffer.wrap(bytes, ControlCodec.LENGTH_BYTES, bytes.length - ControlCodec.LENGTH_BYTES);
        ControlFault fault = assertThrows(ControlFault.class, () -> ControlCodec.decodeToProgram(changed));
        assertTrue(fault.toString().contains("prefix length 33"), fault.toString());
    }

    @Test
    void portOutOfRange_isAFault() {
        FullAddress end = new FullAddress(IpAddress.parse("10.66.0.2"), 65535);
        ByteBuffer bytes = record(new Denial("r", "w", "", new DeniedPacket(true, false, 17, end, end)));
        bytes.putInt(bytes.limit() - Integer.BYTES, 65536);
        ControlFault fault = assertThrows(ControlFault.class, () -> ControlCodec.decodeToLauncher(bytes));
        assertTrue(fault.toString().contains("out of its range"), fault.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyBytes_areARecordOrAFault(long seed) {
        Random random = new Random(seed);
        int faults = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 1) {
                bytes[0] = ControlCodec.VERSION;
                bytes[1] = (byte) (bytes[1] & 15);
            }
            try {
                ControlCodec.decodeToLauncher(ByteBuffer.wrap(bytes));
            } catch (ControlFault e) {
                faults++;
            }
        }
        assertTrue(faults > 1_000, "seed " + seed + " gave " + faults + " faults");
    }

    private static int indexOf(byte[] bytes, byte value) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == value) {
                return i;
            }
        }
        throw new AssertionError("no " + value);
    }

    private static ByteBuffer record(ControlRecord value) {
        byte[] bytes = ControlCodec.encode(value);
        return ByteBuffer.wrap(bytes, ControlCodec.LENGTH_BYTES, bytes.length - ControlCodec.LENGTH_BYTES)
                .slice();
    }
}
