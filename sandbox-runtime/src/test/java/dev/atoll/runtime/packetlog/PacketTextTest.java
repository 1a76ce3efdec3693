package dev.atoll.runtime.packetlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.LoggedPacket;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.TraceStep;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lines that nf_log_syslog of Linux writes of the same packets. */
class PacketTextTest {
    private static final LogDetails EVERYTHING = new LogDetails(true, true, true, true, false);
    private static final String SYN_V4 = "4500003c1c464000400600000a420002c0000207"
            + "9c4001bb0102030405060708a002faf000000000020405b40402080a000000010000000001030307";
    private static final String QUERY_V4 =
            "45b80020000100004011" + "0000" + "0a4200020a420001" + "13880035000c0000" + "01020304";
    private static final String SYN_V6 = "6000000000140640fd610000000000000000000000000002"
            + "20010db8000000000000000000000001" + "9c4001bb0000000100000000500200ff00000000";

    private static LoggedPacket.Cause log(LogDetails details) {
        return new LogTarget.Log(LogTarget.Log.WARNING, "a packet: ", details);
    }

    private static LoggedPacket logged(
            LoggedPacket.Cause cause, String in, String out, @Nullable MacAddress source, String hex, int mark) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new LoggedPacket(
                cause,
                null,
                in.isEmpty() ? Hook.OUTPUT : Hook.INPUT,
                in,
                out,
                source,
                source == null ? null : new MacAddress(0x0200_0000_0001L),
                bytes[0] >> 4,
                ByteBuffer.wrap(bytes),
                bytes.length,
                mark,
                new SocketOwner(1000, 1001, List.of()),
                0);
    }

    private static String out(LogDetails details, String hex) {
        return PacketText.of(logged(log(details), "", "eth0", null, hex, 0));
    }

    @Test
    void tcp_hasPortsWindowAndFlags() {
        assertEquals(
                "IN= OUT=eth0 SRC=10.66.0.2 DST=192.0.2.7 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=7238 DF PROTO=TCP"
                        + " SPT=40000 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0",
                out(LogDetails.NONE, SYN_V4));
    }

    @Test
    void tcp_withEverything_hasNumbersOptionsAndOwner() {
        assertEquals(
                "IN= OUT=eth0 SRC=10.66.0.2 DST=192.0.2.7 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=7238 DF PROTO=TCP"
                        + " SPT=40000 DPT=443 SEQ=16909060 ACK=84281096 WINDOW=64240 RES=0x00 SYN URGP=0"
                        + " OPT (020405B40402080A000000010000000001030307) UID=1000 GID=1001",
                out(EVERYTHING, SYN_V4));
    }

    @Test
    void udp_hasItsLength_andTheTypeOfServiceInTwoParts() {
        assertEquals(
                "IN= OUT=eth0 SRC=10.66.0.2 DST=10.66.0.1 LEN=32 TOS=0x18 PREC=0xA0 TTL=64 ID=1 PROTO=UDP"
                        + " SPT=5000 DPT=53 LEN=12",
                out(LogDetails.NONE, QUERY_V4));
    }

    @Test
    void incoming_hasTheFrame_inOneOrInThreeParts_andTheMark() {
        MacAddress peer = new MacAddress(0x0200_0000_0007L);
        assertTrue(PacketText.of(logged(log(LogDetails.NONE), "eth0", "", peer, SYN_V4, 0x1f))
                .startsWith("IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:07:08:00 SRC="));
        String decoded = PacketText.of(
                logged(log(new LogDetails(false, false, false, false, true)), "eth0", "", peer, SYN_V4, 0x1f));
        assertTrue(
                decoded.startsWith("IN=eth0 OUT= MACSRC=02:00:00:00:00:07 MACDST=02:00:00:00:00:01 MACPROTO=0800 SRC="),
                decoded);
        assertTrue(decoded.endsWith(" MARK=0x1f"), decoded);
        assertTrue(PacketText.of(logged(log(LogDetails.NONE), "lo", "", null, SYN_V4, 0))
                .startsWith("IN=lo OUT= MAC= SRC="));
    }

    @Test
    void icmp_echoHasItsNumbers_anErrorWhatItIsAbout() {
        String ip = "45000054000000004001" + "0000" + "c00002070a420002";
        assertTrue(out(LogDetails.NONE, ip + "0800000012340005").endsWith("PROTO=ICMP TYPE=8 CODE=0 ID=4660 SEQ=5"));
        String about = out(LogDetails.NONE, ip + "03040000000005dc" + SYN_V4);
        assertTrue(
                about.endsWith("PROTO=ICMP TYPE=3 CODE=4 [SRC=10.66.0.2 DST=192.0.2.7 LEN=60 TOS=0x00 PREC=0x00 TTL=64"
                        + " ID=7238 DF PROTO=TCP SPT=40000 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0 ] MTU=1500"),
                about);
        assertTrue(out(LogDetails.NONE, ip + "05010000c0000201" + QUERY_V4).contains("GATEWAY=192.0.2.1 [SRC="));
    }

    @Test
    void fragmentsOptionsAndShortHeaders_areTold() {
        String later = out(EVERYTHING, "4600002000010003400600000a420002c000020794040000" + "01020304");
        assertTrue(later.contains(" ID=1 FRAG:3 OPT (94040000) PROTO=TCP UID="), later);
        String cut = out(LogDetails.NONE, "4500001c00012000401100000a420002c0000207" + "1388");
        assertTrue(cut.endsWith(" ID=1 MF PROTO=UDP INCOMPLETE [2 bytes]"), cut);
    }

    @Test
    void ipv6_hasAddressesInFull() {
        assertEquals(
                "IN= OUT=eth0 SRC=fd61:0000:0000:0000:0000:0000:0000:0002 DST=2001:0db8:0000:0000:0000:0000:0000:0001"
                        + " LEN=60 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=TCP SPT=40000 DPT=443 WINDOW=255 RES=0x00 SYN URGP=0",
                out(LogDetails.NONE, SYN_V6));
    }

    @Test
    void ipv6_extensionHeadersAndIcmp_areTold() {
        String addresses = "fd610000000000000000000000000002" + "20010db8000000000000000000000001";
        String fragment = out(EVERYTHING, "6000000000102c40" + addresses + "11000001000000ab" + "1388003500080000");
        assertTrue(
                fragment.contains("OPT ( FRAG:0 INCOMPLETE ID:000000ab ) PROTO=UDP SPT=5000 DPT=53 LEN=8"), fragment);
        String tooBig = out(LogDetails.NONE, "6000000000443a40" + addresses + "0200000000000500" + SYN_V6);
        assertTrue(tooBig.contains("PROTO=ICMPv6 TYPE=2 CODE=0 [SRC=fd61:"), tooBig);
        assertTrue(tooBig.endsWith("SYN URGP=0 ] MTU=1280"), tooBig);
        assertTrue(out(LogDetails.NONE, "6000000000083a40" + addresses + "8000000000070003")
                .endsWith("PROTO=ICMPv6 TYPE=128 CODE=0 ID=7 SEQ=3"));
    }

    @Test
    void trace_saysWhereAndWhatLinuxSaysOfIt() {
        TraceStep step = new TraceStep(TableName.FILTER, "OUTPUT", TraceStep.Kind.RULE, 3);
        assertEquals("TRACE: filter:OUTPUT:rule:3 ", PacketText.prefix(step));
        assertTrue(PacketText.of(logged(step, "", "eth0", null, SYN_V4, 0)).endsWith(" UID=1000 GID=1001"));
    }

    @Test
    void audit_hasAFormOfItsOwn() {
        LogTarget.Audit audit = new LogTarget.Audit(LogTarget.Audit.Type.DROP);
        assertEquals(
                "mark=0xffffffff saddr=10.66.0.2 daddr=192.0.2.7 proto=6",
                PacketText.of(logged(audit, "", "eth0", null, SYN_V4, 0)));
        assertEquals("", PacketText.prefix(audit));
    }

    /** Packets that come in may have anything behind a valid IP header. */
    @Test
    void anyBytes_areALine() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            boolean v4 = random.nextBoolean();
            byte[] bytes = new byte[(v4 ? 20 : 40) + random.nextInt(LoggedPacket.MAX_HEADER_BYTES - 40)];
            random.nextBytes(bytes);
            int words = 5 + random.nextInt(Math.max(1, Math.min(11, bytes.length / 4 - 4)));
            bytes[0] = (byte) (v4 ? 0x40 | words : 0x60);
            if (random.nextBoolean()) {
                int[] protocols = {1, 6, 17, 50, 51, 58, 0, 43, 44, 60};
                bytes[v4 ? 9 : 6] = (byte) protocols[random.nextInt(protocols.length)];
            }
            String line = out(EVERYTHING, HexFormat.of().formatHex(bytes));
            assertFalse(line.contains("\n"), line);
        }
    }
}
