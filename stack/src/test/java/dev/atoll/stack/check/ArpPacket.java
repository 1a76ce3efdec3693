package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;

/** ARP for IPv4 over Ethernet (RFC 826). */
public record ArpPacket(
        int operation, MacAddress senderMac, IpAddress senderIp, MacAddress targetMac, IpAddress targetIp) {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;
    private static final int BYTES = 28;
    private static final int ETHERNET = 1;

    /** Link padding behind the packet is allowed. */
    public static ArpPacket decode(Bytes packet) {
        BadFrameException.require(packet.length() >= BYTES, "ARP packet of %d bytes", packet.length());
        BadFrameException.require(packet.u16(0) == ETHERNET, "ARP hardware type %d", packet.u16(0));
        BadFrameException.require(packet.u16(2) == EthernetFrame.IPV4, "ARP protocol type %#x", packet.u16(2));
        BadFrameException.require(packet.u8(4) == 6, "ARP hardware address length %d", packet.u8(4));
        BadFrameException.require(packet.u8(5) == 4, "ARP protocol address length %d", packet.u8(5));
        return new ArpPacket(
                packet.u16(6),
                new MacAddress(packet.u48(8)),
                IpAddress.v4(packet.i32(14)),
                new MacAddress(packet.u48(18)),
                IpAddress.v4(packet.i32(24)));
    }

    public Bytes encode() {
        return new BytesOut()
                .u16(ETHERNET)
                .u16(EthernetFrame.IPV4)
                .u8(6)
                .u8(4)
                .u16(operation)
                .u48(senderMac.bits())
                .i32(senderIp.v4Bits())
                .u48(targetMac.bits())
                .i32(targetIp.v4Bits())
                .toBytes();
    }
}
