package dev.atoll.launcher.jvms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With frames made by hand, as a hostile JVM makes them. */
class SourceGuardTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:0a:42:80:02");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:0a:42:80:03");
    private static final String IP = "10.66.128.2";
    private static final String IP6 = "fd05::2";
    private static final String LINK_LOCAL = "fe80::aff:fe42:8002";
    private static final String ALL_NODES = "ff02::1";

    private final SourceGuard guard = new SourceGuard(MAC, List.of(IpAddress.parse(IP), IpAddress.parse(IP6)));

    private static ByteBuffer ethernet(MacAddress source, int type, ByteBuffer payload) {
        ByteBuffer frame = ByteBuffer.allocate(Ethernet.HEADER_BYTES + payload.remaining());
        Ethernet.write(frame, 0, MacAddress.BROADCAST.bits(), source.bits(), type);
        return frame.put(Ethernet.HEADER_BYTES, payload, payload.position(), payload.remaining());
    }

    private static ByteBuffer arp(MacAddress senderLink, String sender) {
        return ByteBuffer.allocate(28)
                .putLong(0x0001_0800_0604_0002L)
                .putShort((short) (senderLink.bits() >>> 32))
                .putInt((int) senderLink.bits())
                .put(IpAddress.parse(sender).octets())
                .putShort((short) 0xffff)
                .putInt(-1)
                .put(IpAddress.parse("10.66.128.1").octets())
                .flip();
    }

    private static ByteBuffer ipv4(String source) {
        return ByteBuffer.allocate(28)
                .putInt(0, 0x4500001c)
                .put(9, (byte) IpProtocol.UDP)
                .put(12, IpAddress.parse(source).octets())
                .put(16, IpAddress.parse("10.66.128.1").octets());
    }

    private static ByteBuffer ipv6(String source, String destination, int nextHeader, ByteBuffer payload) {
        return ByteBuffer.allocate(40 + payload.remaining())
                .put((byte) 0x60)
                .put(new byte[3])
                .putShort((short) payload.remaining())
                .put((byte) nextHeader)
                .put((byte) 255)
                .put(IpAddress.parse(source).octets())
                .put(IpAddress.parse(destination).octets())
                .put(payload.duplicate())
                .flip();
    }

    private static ByteBuffer ndp(int type, String target) {
        return ByteBuffer.allocate(24)
                .put(0, (byte) type)
                .put(8, IpAddress.parse(target).octets());
    }

    private static ByteBuffer behind(ByteBuffer header, ByteBuffer payload) {
        return ByteBuffer.allocate(header.remaining() + payload.remaining())
                .put(header)
                .put(payload.duplicate())
                .flip();
    }

    private static ByteBuffer extension(int nextHeader) {
        return ByteBuffer.allocate(8)
                .put(0, (byte) nextHeader)
                .put(2, (byte) Ipv6Extension.OPTION_PADN)
                .put(3, (byte) 4);
    }

    private static ByteBuffer fragment(int offsetBytes) {
        ByteBuffer header = ByteBuffer.allocate(8);
        Ipv6Extension.writeFragment(header, 0, IpProtocol.ICMPV6, offsetBytes, true, 7);
        return header;
    }

    private boolean allowsIpv6(ByteBuffer packet) {
        return guard.allows(ethernet(MAC, Ethernet.TYPE_IPV6, packet));
    }

    @Test
    void hardwareAddress_isItsOwn() {
        assertTrue(guard.allows(ethernet(MAC, Ethernet.TYPE_IPV4, ipv4(IP))));
        assertFalse(guard.allows(ethernet(OTHER_MAC, Ethernet.TYPE_IPV4, ipv4(IP))));
    }

    @ParameterizedTest
    @CsvSource({"10.66.128.2, true", "10.66.128.3, false", "10.66.128.1, false", "0.0.0.0, false", "127.0.0.1, false"})
    void ipv4_source(String source, boolean allowed) {
        assertEquals(allowed, guard.allows(ethernet(MAC, Ethernet.TYPE_IPV4, ipv4(source))));
    }

    /** RFC 5227: a probe has no sender. */
    @ParameterizedTest
    @CsvSource({"10.66.128.2, true", "10.66.128.3, false", "10.66.128.1, false", "0.0.0.0, true"})
    void arp_sender(String sender, boolean allowed) {
        assertEquals(allowed, guard.allows(ethernet(MAC, Ethernet.TYPE_ARP, arp(MAC, sender))));
        assertFalse(guard.allows(ethernet(MAC, Ethernet.TYPE_ARP, arp(OTHER_MAC, sender))));
    }

    @ParameterizedTest
    @CsvSource({
        "fd05::2, fd05::1, true",
        "fe80::aff:fe42:8002, ff02::1, true",
        ":: , ff02::16, true",
        ":: , fd05::1, false",
        "fd05::3, fd05::1, false",
        "fe80::aff:fe42:8003, ff02::1, false",
        "fe80::1, ff02::1, false",
        "::1, ff02::1, false",
    })
    void ipv6_source(String source, String destination, boolean allowed) {
        assertEquals(allowed, allowsIpv6(ipv6(source, destination, IpProtocol.UDP, ByteBuffer.allocate(8))));
    }

    @ParameterizedTest
    @CsvSource({"fd05::2, true", "fe80::aff:fe42:8002, true", "fd05::3, false", "fe80::1, false"})
    void advertisement_target(String target, boolean allowed) {
        ByteBuffer advertisement = ndp(Icmpv6.NEIGHBOR_ADVERTISEMENT, target);
        for (String source : List.of(IP6, LINK_LOCAL, "::")) {
            assertEquals(allowed, allowsIpv6(ipv6(source, ALL_NODES, IpProtocol.ICMPV6, advertisement)));
        }
    }

    /** It asks whoever has the target, unless it asks for itself (RFC 4862 section 5.4.2). */
    @Test
    void solicitation_target() {
        ByteBuffer ofOther = ndp(Icmpv6.NEIGHBOR_SOLICITATION, "fd05::3");
        assertTrue(allowsIpv6(ipv6(IP6, ALL_NODES, IpProtocol.ICMPV6, ofOther)));
        assertFalse(allowsIpv6(ipv6("::", ALL_NODES, IpProtocol.ICMPV6, ofOther)));
        assertTrue(allowsIpv6(ipv6("::", ALL_NODES, IpProtocol.ICMPV6, ndp(Icmpv6.NEIGHBOR_SOLICITATION, IP6))));
    }

    @Test
    void advertisement_behindOtherHeaders_isFound() {
        ByteBuffer ofOther = ndp(Icmpv6.NEIGHBOR_ADVERTISEMENT, "fd05::3");
        for (int header : List.of(Ipv6Extension.HOP_BY_HOP, Ipv6Extension.DESTINATION_OPTIONS, Ipv6Extension.ROUTING)) {
            assertFalse(allowsIpv6(ipv6(IP6, ALL_NODES, header, behind(extension(IpProtocol.ICMPV6), ofOther))));
            ByteBuffer ofOwn = behind(extension(IpProtocol.ICMPV6), ndp(Icmpv6.NEIGHBOR_ADVERTISEMENT, IP6));
            assertTrue(allowsIpv6(ipv6(IP6, ALL_NODES, header, ofOwn)));
        }
    }

    @Test
    void advertisement_inFragments_isRefusedInTheFirst() {
        ByteBuffer ofOther = ndp(Icmpv6.NEIGHBOR_ADVERTISEMENT, "fd05::3");
        int header = Ipv6Extension.FRAGMENT;
        assertFalse(allowsIpv6(ipv6(IP6, ALL_NODES, header, behind(fragment(0), ofOther))));
        assertFalse(allowsIpv6(ipv6(
                IP6, ALL_NODES, header, behind(fragment(0), ofOther.duplicate().limit(8)))));
        assertFalse(allowsIpv6(ipv6(IP6, ALL_NODES, header, fragment(0))));
        assertTrue(allowsIpv6(ipv6(IP6, ALL_NODES, header, behind(fragment(8), ByteBuffer.allocate(16)))));
        assertFalse(allowsIpv6(ipv6("fd05::3", ALL_NODES, header, behind(fragment(8), ByteBuffer.allocate(16)))));
    }

    /** Receivers take a VLAN tag of 0 off, and LLC and SNAP. */
    @ParameterizedTest
    @CsvSource({"0x8100", "0x88a8", "0x8847", "0x8035", "0x0024", "0x0000"})
    void otherProtocols_areRefused(String type) {
        ByteBuffer tag = ByteBuffer.allocate(4).putShort(2, (short) Ethernet.TYPE_ARP);
        assertFalse(guard.allows(ethernet(MAC, Integer.decode(type), behind(tag, arp(MAC, "10.66.128.3")))));
        ByteBuffer snap = ByteBuffer.allocate(8).putInt(0, 0xaaaa0300).putInt(4, Ethernet.TYPE_ARP);
        assertFalse(guard.allows(ethernet(MAC, Integer.decode(type), behind(snap, arp(MAC, "10.66.128.3")))));
    }

    @Test
    void cutShort_isRefused() {
        for (ByteBuffer whole : List.of(
                ethernet(MAC, Ethernet.TYPE_ARP, arp(MAC, IP)),
                ethernet(MAC, Ethernet.TYPE_IPV4, ipv4(IP).limit(20)),
                ethernet(
                        MAC,
                        Ethernet.TYPE_IPV6,
                        ipv6(
                                IP6,
                                ALL_NODES,
                                Ipv6Extension.HOP_BY_HOP,
                                behind(extension(IpProtocol.ICMPV6), ndp(Icmpv6.NEIGHBOR_ADVERTISEMENT, IP6)))))) {
            assertTrue(guard.allows(whole));
            for (int length = 0; length < whole.limit(); length++) {
                assertFalse(guard.allows(whole.duplicate().limit(length)), "with " + length + " bytes");
            }
        }
    }
}
