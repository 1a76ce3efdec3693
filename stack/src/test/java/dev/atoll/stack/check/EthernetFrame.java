package dev.atoll.stack.check;

import dev.atoll.stack.wire.MacAddress;

/** An Ethernet II frame without its check sequence. */
public record EthernetFrame(MacAddress destination, MacAddress source, int etherType, Bytes payload) {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86dd;
    static final int HEADER_BYTES = 14;

    public static EthernetFrame decode(byte[] frame) {
        return decode(Bytes.of(frame));
    }

    public static EthernetFrame decode(Bytes frame) {
        BadFrameException.require(frame.length() >= HEADER_BYTES, "Ethernet frame of %d bytes", frame.length());
        return new EthernetFrame(
                new MacAddress(frame.u48(0)), new MacAddress(frame.u48(6)), frame.u16(12), frame.from(HEADER_BYTES));
    }

    public Bytes encode() {
        return new BytesOut()
                .u48(destination.bits())
                .u48(source.bits())
                .u16(etherType)
                .bytes(payload)
                .toBytes();
    }
}
