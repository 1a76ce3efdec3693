package dev.atoll.stack.packetdrill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.packetdrill.PacketSpec.IpSpec;
import dev.atoll.stack.packetdrill.PacketSpec.Ports;
import dev.atoll.stack.packetdrill.Script.When;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParserTest {
    private static Script parse(String source) throws ScriptException {
        return Parser.parse("test", source);
    }

    private static Script.Event event(String line) throws ScriptException {
        Script script = parse(line);
        assertEquals(1, script.events().size());
        return script.events().get(0);
    }

    private static PacketSpec packet(String text) throws ScriptException {
        return assertInstanceOf(PacketSpec.class, event("+0 " + text).action());
    }

    private static SystemCall call(String text) throws ScriptException {
        return assertInstanceOf(SystemCall.class, event("0 " + text).action());
    }

    @Test
    void script_optionsCommandsComments_areReadInTheirPlaces() throws ScriptException {
        Script script = parse("""
                // What it is for.
                --tolerance_usecs=10000
                --local_ip=192.168.0.1 --strict_segments
                /* two
                   lines */
                `sysctl -q net.ipv4.tcp_timestamps=0`
                0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 // trailing
                +.1 %{ assert tcpi_snd_cwnd == 10 }%
                `cleanup`
                """);
        assertEquals("10000", script.options().get("tolerance_usecs"));
        assertEquals("192.168.0.1", script.options().get("local_ip"));
        assertEquals("", script.options().get("strict_segments"));
        assertEquals(List.of("sysctl -q net.ipv4.tcp_timestamps=0"), script.commands());
        assertEquals(2, script.events().size());
        assertEquals(7, script.events().get(0).line());
        assertEquals(
                new Script.Code("assert tcpi_snd_cwnd == 10"),
                script.events().get(1).action());
    }

    @Test
    void when_everyForm_isUnderstood() throws ScriptException {
        assertEquals(
                new When(When.Kind.RELATIVE, 10_000, 10_000),
                event("+.01 > . 1:1(0) ack 1").when());
        assertEquals(
                new When(When.Kind.ABSOLUTE, 1_500_000, 1_500_000),
                event("1.5 close(3) = 0").when());
        assertEquals(new When(When.Kind.ANY, 0, 0), event("* > . 1:1(0) ack 1").when());
        assertEquals(
                new When(When.Kind.ABSOLUTE_RANGE, 200_000, 250_000),
                event("0.2~0.25 > . 1:1(0) ack 1").when());
        assertEquals(
                new When(When.Kind.RELATIVE_RANGE, 0, 1_000_000),
                event("+0~+1 > . 1:1(0) ack 1").when());
    }

    @Test
    void when_inexactForAnythingButOutbound_isRefused() {
        assertThrows(ScriptException.class, () -> event("* < . 1:1(0) ack 1"));
        assertThrows(ScriptException.class, () -> event("0~1 close(3) = 0"));
        assertThrows(ScriptException.class, () -> event("+1~+0 > . 1:1(0) ack 1"));
    }

    @Test
    void tcp_allParts_areRead() throws ScriptException {
        PacketSpec packet = packet(
                "< [ect0] 1234 > 80 SEW 0:0(0) win 32792 urg 5 <mss 1000,nop,wscale 7,sackOK,TS val 4294967295 ecr 0>");
        assertFalse(packet.outbound());
        assertEquals(new IpSpec(IpSpec.Tos.ECN, 2, PacketSpec.UNSPECIFIED), packet.ip());
        assertEquals(
                new PacketSpec.Tcp(
                        new Ports(1234, 80),
                        TcpSegment.SYN | TcpSegment.ECE | TcpSegment.CWR,
                        0,
                        0,
                        0,
                        32792,
                        5,
                        List.of(
                                new TcpOption.Mss(1000),
                                new TcpOption.Nop(),
                                new TcpOption.WindowScale(7),
                                new TcpOption.SackPermitted(),
                                new TcpOption.Timestamps(-1, 0))),
                packet.body());
    }

    @Test
    void tcp_flagsWithDot_areAcks() throws ScriptException {
        assertEquals(
                TcpSegment.ACK, ((PacketSpec.Tcp) packet("> . 1:1(0) ack 1").body()).flags());
        assertEquals(
                TcpSegment.ACK | TcpSegment.FIN | TcpSegment.PSH,
                ((PacketSpec.Tcp) packet("> FP. 1:1001(1000) ack 1").body()).flags());
        assertEquals(0, ((PacketSpec.Tcp) packet("> - 1:1(0)").body()).flags());
    }

    @Test
    void tcp_optionsEllipsis_meansUncheckedAndOnlyOutbound() throws ScriptException {
        assertNull(((PacketSpec.Tcp) packet("> S 0:0(0) <...>").body()).options());
        assertThrows(ScriptException.class, () -> packet("< S 0:0(0) win 1 <...>"));
    }

    @Test
    void tcp_sackBlocks_areSeveral() throws ScriptException {
        PacketSpec.Tcp tcp = (PacketSpec.Tcp) packet("< . 1:1(0) ack 1 win 257 <sack 1001:2001 3001:4001,nop,nop>")
                .body();
        assertEquals(
                List.of(
                        new TcpOption.Sack(List.of(new TcpOption.Block(1001, 2001), new TcpOption.Block(3001, 4001))),
                        new TcpOption.Nop(),
                        new TcpOption.Nop()),
                tcp.options());
    }

    @Test
    void tcp_rangeThatDoesNotAddUp_isRefusedWithItsLine() {
        ScriptException e =
                assertThrows(ScriptException.class, () -> parse("0 close(3) = 0\n+0 < P. 1:1001(999) ack 1 win 257\n"));
        assertEquals(2, e.line());
        assertFalse(e.isUnsupported());
    }

    @Test
    void udpAndIcmp_areRead() throws ScriptException {
        assertEquals(new PacketSpec.Udp(Ports.NONE, 100), packet("> udp (100)").body());
        assertEquals(
                new PacketSpec.Udp(new Ports(53, 5000), 7),
                packet("< udp 53 > 5000 (7)").body());
        assertEquals(
                new PacketSpec.Icmp(3, 4, 1400, 0, new PacketSpec.Quote(false, 1, 1000)),
                packet("< icmp unreachable frag_needed mtu 1400 [1:1001(1000)]").body());
        assertEquals(
                new PacketSpec.Icmp(3, 3, PacketSpec.UNSPECIFIED, 0, new PacketSpec.Quote(true, 0, 100)),
                packet("< icmp unreachable port_unreachable [udp (100)]").body());
        assertEquals(
                new PacketSpec.Icmp(8, 0, PacketSpec.UNSPECIFIED, 7, null),
                packet("< icmp echo_request id 7").body());
    }

    @Test
    void call_results_withErrnoAndNote() throws ScriptException {
        SystemCall call = call("connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)");
        assertEquals("connect", call.name());
        assertEquals(3, call.arguments().size());
        assertEquals(new Expression.Int(-1), call.result());
        assertEquals("EINPROGRESS", call.errno());
        assertFalse(call.blocks());
        assertEquals(100_000, call("...0.1 read(4, ..., 10) = 10").blocksUntilUs());
    }

    @Test
    void call_expressions_ofEveryKind() throws ScriptException {
        SystemCall call = call("f([1], O_RDWR|O_NONBLOCK, 0x10, \"a\\n\" \"b\"..., {onoff=1, linger=0},"
                + " {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr(\"1.2.3.4\")},"
                + " {msg_iov(1)=[{..., 1000}], msg_flags=0}) = 0");
        assertEquals(
                new Expression.Listing(List.of(new Expression.Int(1))),
                call.arguments().get(0));
        assertEquals(
                new Expression.Or(new Expression.Word("O_RDWR"), new Expression.Word("O_NONBLOCK")),
                call.arguments().get(1));
        assertEquals(new Expression.Int(16), call.arguments().get(2));
        assertEquals(new Expression.Text("a\nb"), call.arguments().get(3));
        Expression.Struct linger = (Expression.Struct) call.arguments().get(4);
        assertEquals(new Expression.Int(1), linger.member("onoff"));
        Expression.Struct address = (Expression.Struct) call.arguments().get(5);
        assertEquals(new Expression.Call("htons", new Expression.Int(80)), address.member("sin_port"));
        Expression.Struct message = (Expression.Struct) call.arguments().get(6);
        assertInstanceOf(Expression.Listing.class, message.member("msg_iov"));
    }

    @Test
    void define_replacesWords() throws ScriptException {
        Script script = parse("--define=BYTES=1000\n--define=CC=\"reno\"\n0 f(BYTES, CC, OTHER) = 0");
        assertEquals(
                List.of(new Expression.Int(1000), new Expression.Text("reno"), new Expression.Word("OTHER")),
                ((SystemCall) script.events().get(0).action()).arguments());
    }

    @Test
    void notBuilt_isToldApartFromWrong() {
        assertTrue(assertThrows(ScriptException.class, () -> packet("< S 0:0(0) win 1 <FO,nop,nop>"))
                .isUnsupported());
        assertTrue(assertThrows(ScriptException.class, () -> packet("> (flowlabel 0x1) . 1:1(0) ack 1"))
                .isUnsupported());
        assertFalse(assertThrows(ScriptException.class, () -> packet("> X. 1:1(0) ack 1"))
                .isUnsupported());
        assertFalse(
                assertThrows(ScriptException.class, () -> parse("/* no end")).isUnsupported());
        assertFalse(assertThrows(ScriptException.class, () -> parse("0 f(\"no end) = 0"))
                .isUnsupported());
    }
}
