package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/**
 * A TCP segment (RFC 9293 section 3.1).
 *
 * @param flags the eight control bits, {@link #FIN} and so on
 * @param window the field as it is, not scaled
 */
public record TcpSegment(
        int sourcePort,
        int destinationPort,
        int seq,
        int ack,
        int flags,
        int window,
        int urgentPointer,
        List<TcpOption> options,
        Bytes payload) {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;
    /** Letters of the control bits, lowest first, as packetdrill has them: the dot is ACK. */
    public static final String FLAG_LETTERS = "FSRP.UEW";

    private static final int HEADER_BYTES = 20;

    public TcpSegment {
        options = List.copyOf(options);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Sequence numbers it takes: payload bytes, and one each for SYN and FIN. */
    public int sequenceLength() {
        return payload.length() + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
    }

    /** Verifies lengths, options and checksum. */
    public static TcpSegment decode(Ipv4Packet packet) {
        return decode(packet.payload(), packet.source(), packet.destination());
    }

    /** The same for what any IP packet between these addresses carries. */
    public static TcpSegment decode(Bytes bytes, IpAddress source, IpAddress destination) {
        BadFrameException.require(bytes.length() >= HEADER_BYTES, "TCP segment of %d bytes", bytes.length());
        int headerBytes = (bytes.u8(12) >>> 4) * 4;
        BadFrameException.require(
                headerBytes >= HEADER_BYTES && headerBytes <= bytes.length(),
                "TCP header length %d in %d bytes",
                headerBytes,
                bytes.length());
        BadFrameException.require((bytes.u8(12) & 0xf) == 0, "TCP reserved bits %#x", bytes.u8(12) & 0xf);
        int pseudo = OnesComplement.pseudoHeader(source, destination, Ipv4Packet.TCP, bytes.length());
        int sum = OnesComplement.add(pseudo, OnesComplement.sum(bytes));
        BadFrameException.require(sum == 0xffff, "TCP checksum %#06x, segment sums to %#06x", bytes.u16(16), sum);
        return new TcpSegment(
                bytes.u16(0),
                bytes.u16(2),
                bytes.i32(4),
                bytes.i32(8),
                bytes.u8(13),
                bytes.u16(14),
                bytes.u16(18),
                TcpOption.decode(bytes.slice(HEADER_BYTES, headerBytes)),
                bytes.from(headerBytes));
    }

    public Bytes encode(IpAddress source, IpAddress destination) {
        Bytes encodedOptions = TcpOption.encode(options);
        int headerBytes = HEADER_BYTES + encodedOptions.length();
        BytesOut out = new BytesOut()
                .u16(sourcePort)
                .u16(destinationPort)
                .i32(seq)
                .i32(ack)
                .u8(headerBytes / 4 << 4)
                .u8(flags)
                .u16(window)
                .u16(0)
                .u16(urgentPointer)
                .bytes(encodedOptions)
                .bytes(payload);
        int pseudo = OnesComplement.pseudoHeader(source, destination, Ipv4Packet.TCP, out.length());
        int sum = OnesComplement.add(pseudo, OnesComplement.sum(out.toBytes()));
        return out.withU16(16, OnesComplement.complement(sum));
    }

    /** Control bits from packetdrill's letters. */
    public static int parseFlags(String letters) {
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            int bit = FLAG_LETTERS.indexOf(letters.charAt(i));
            if (bit < 0) {
                throw new IllegalArgumentException("\"" + letters + "\" has flags other than " + FLAG_LETTERS);
            }
            flags |= 1 << bit;
        }
        return flags;
    }

    /** Control bits as packetdrill's letters, {@code -} for none. */
    public static String formatFlags(int flags) {
        StringBuilder text = new StringBuilder();
        for (int bit : new int[] {1, 0, 2, 3, 5, 6, 7, 4}) {
            if ((flags & 1 << bit) != 0) {
                text.append(FLAG_LETTERS.charAt(bit));
            }
        }
        return text.length() == 0 ? "-" : text.toString();
    }
}
