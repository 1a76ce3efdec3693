package dev.atoll.stack.wire;

import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.
 *
 * <p>Sums are carried in a {@code long} and folded at the end; a sum may be continued over several pieces as long as
 * each but the last has even length, which {@link #ofPayload} sees to.
 */
public final class Checksum {
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    private Checksum() {}

    /** Adds the 16-bit words of {@code length} bytes from {@code from}; an odd last byte counts as a high byte. */
    public static long add(long sum, ByteBuffer data, int from, int length) {
        long total = sum;
        int at = from;
        int end = from + length;
        // Eight bytes at a time: the halves of a long are added as 32-bit numbers, which fold to the same 16-bit sum.
        for (; end - at >= 8; at += 8) {
            long word = data.getLong(at);
            total += (word >>> 32) + (word & UNSIGNED_INT);
        }
        for (; end - at >= 2; at += 2) {
            total += data.getShort(at) & 0xffff;
        }
        if (at < end) {
            total += (data.get(at) & 0xff) << 8;
        }
        return total;
    }

    /** Reduces a sum to 16 bits, carries added back in. */
    public static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & UNSIGNED_INT);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        return (int) folded;
    }

    /** The value for a checksum field whose bytes were 0 while summed. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** The folded sum after words whose sum was {@code before} gave way to others whose sum is {@code after} (RFC 1624). */
    public static int replace(int folded, long before, long after) {
        int out = fold(before);
        int in = fold(after);
        // Nothing changed, and 0 is not to become 0xffff.
        return out == in ? folded : fold((long) folded + (~out & 0xffff) + in);
    }

    /** The pseudo-header of RFC 9293 section 3.1 and RFC 768 (IPv4), or of RFC 8200 section 8.1 (IPv6). */
    public static long pseudoHeader(PacketBuffer packet, int protocol, int lengthBytes) {
        return pseudoHeader(
                packet.sourceHigh,
                packet.sourceLow,
                packet.destinationHigh,
                packet.destinationLow,
                protocol,
                lengthBytes);
    }

    /** The same for addresses given by their halves. */
    public static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int lengthBytes) {
        long sum = protocol + (long) lengthBytes;
        if (IpAddress.isV4(destinationHigh, destinationLow)) {
            return sum + (sourceLow & UNSIGNED_INT) + (destinationLow & UNSIGNED_INT);
        }
        return sum + halves(sourceHigh) + halves(sourceLow) + halves(destinationHigh) + halves(destinationLow);
    }

    private static long halves(long word) {
        return (word >>> 32) + (word & UNSIGNED_INT);
    }

    /** Adds everything of a packet from absolute position {@code from} on, its fragments included. */
    public static long ofPayload(long sum, PacketBuffer packet, int from) {
        long total = add(sum, packet.data(), from, packet.end() - from);
        boolean odd = (packet.end() - from & 1) != 0;
        for (int i = 0; i < packet.fragmentCount(); i++) {
            ByteBuffer fragment = packet.fragment(i);
            long part = add(0, fragment, fragment.position(), fragment.remaining());
            // After an odd number of bytes the words of the next piece are swapped (RFC 1071 section 2B).
            total += odd ? swap(fold(part)) : part;
            odd ^= (fragment.remaining() & 1) != 0;
        }
        return total;
    }

    /**
     * Whether nothing speaks against the transport checksum of a packet that came in from a link: that of TCP, UDP and ICMP
     * is right, or for UDP over IPv4 absent, and other protocols have none that is known here.
     */
    public static boolean isTransportSound(PacketBuffer packet) {
        boolean sound = isVouchedFor(packet)
                || switch (packet.transportProtocol) {
                    case IpProtocol.TCP, IpProtocol.UDP -> sumsUp(packet);
                    case IpProtocol.ICMP -> packet.ipVersion == 6 || sumsUp(packet);
                    case IpProtocol.ICMPV6 -> packet.ipVersion == 4 || sumsUp(packet);
                    default -> true;
                };
        // TCP need not look again. A datagram may be shorter than its packet: UDP looks at less.
        packet.checksumValidated |= sound && packet.transportProtocol == IpProtocol.TCP;
        return sound;
    }

    /**
     * The same as Linux has it before a rule's rejection is answered (nf_reject_verify_csum): what has no checksum of its own
     * kind is summed up all the same, so that the payload of an unknown protocol hardly ever passes.
     */
    public static boolean isSumSound(PacketBuffer packet) {
        return switch (packet.transportProtocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.ICMPV6 ->
                isVouchedFor(packet) || sumsUp(packet);
            case IpProtocol.GRE -> isWithoutGreChecksum(packet) || sumsUp(packet);
            case IpProtocol.AH, IpProtocol.ESP, IpProtocol.SCTP, IpProtocol.UDP_LITE, IpProtocol.DCCP -> true;
            default -> sumsUp(packet);
        };
    }

    /** RFC 2784 section 2.1: the first bit says that there is one. */
    private static boolean isWithoutGreChecksum(PacketBuffer packet) {
        int at = packet.transportOffset;
        return packet.end() - at >= Integer.BYTES && packet.data().get(at) >= 0;
    }

    private static boolean isVouchedFor(PacketBuffer packet) {
        boolean absent = packet.transportProtocol == IpProtocol.UDP
                && packet.ipVersion == 4
                && packet.end() - packet.transportOffset >= Udp.HEADER_BYTES
                && Udp.checksum(packet.data(), packet.transportOffset) == 0;
        return absent || packet.checksumValidated || packet.checksumPartial || packet.looped;
    }

    /** Over IPv4 only TCP and UDP sum up the pseudo-header, too. */
    private static boolean sumsUp(PacketBuffer packet) {
        int at = packet.transportOffset;
        int length = packet.end() - at;
        int protocol = packet.transportProtocol;
        boolean pseudo = packet.ipVersion == 6 || protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        long sum = pseudo ? pseudoHeader(packet, protocol, length) : 0;
        int folded = fold(add(sum, packet.data(), at, length));
        // Linux sums from the IP header on, whose own sum is 0xffff: nothing but zeros behind it is right.
        return folded == 0xffff || (folded == 0 && !pseudo);
    }

    /** Completes the transport checksum of a packet, which was left to whoever puts it on a wire. */
    public static void complete(PacketBuffer packet) {
        int from = packet.checksumStart;
        int sum = finish(ofPayload(0, packet, from));
        packet.data().putShort(from + packet.checksumOffset, (short) (sum == 0 ? 0xffff : sum));
        packet.checksumPartial = false;
    }

    private static int swap(int word) {
        return (word & 0xff) << 8 | word >>> 8;
    }
}
