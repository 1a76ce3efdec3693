package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;

/**
 * Cuts what a sender has given its kernel with {@code UDP_SEGMENT} (udp(7)), and the kernel has left whole, into the
 * datagrams that it stands for. Nobody asks the receiver of a packet socket whether it takes such frames.
 *
 * <p>Checksums stay partial, as they are in the whole.
 */
final class UdpSegments {
    private static final int IPV6_BYTES = 40;
    private static final int IPV4_IDENTIFICATION = 4;
    private static final int IPV6_PAYLOAD_LENGTH = 4;

    private UdpSegments() {}

    /** Whether a frame is such a one, by its virtio header and by its own. */
    static boolean isSound(ByteBuffer data, int headerAt, int frameAt, int frameBytes) {
        if (VirtioNetHeader.gsoType(data, headerAt) != VirtioNetHeader.GSO_UDP_L4
                || (VirtioNetHeader.flags(data, headerAt) & VirtioNetHeader.F_NEEDS_CSUM) == 0
                || VirtioNetHeader.gsoSize(data, headerAt) == 0
                || VirtioNetHeader.csumOffset(data, headerAt) != Udp.CHECKSUM_OFFSET) {
            return false;
        }
        int udp = VirtioNetHeader.csumStart(data, headerAt);
        if (udp + Udp.HEADER_BYTES > frameBytes) {
            return false;
        }
        int ip = frameAt + Ethernet.HEADER_BYTES;
        return switch (Ethernet.type(data, frameAt)) {
            case Ethernet.TYPE_IPV4 -> udp == Ethernet.HEADER_BYTES + Ipv4.headerBytes(data, ip);
            // With extension headers between, it would have to be known which of them count.
            case Ethernet.TYPE_IPV6 -> udp == Ethernet.HEADER_BYTES + IPV6_BYTES;
            default -> false;
        };
    }

    /**
     * Delivers the datagrams of a sound frame, in order.
     *
     * @return how many
     */
    static int deliver(LinkDispatcher to, ByteBuffer data, int headerAt, int frameAt, int frameBytes) {
        int headers = VirtioNetHeader.csumStart(data, headerAt) + Udp.HEADER_BYTES;
        int size = VirtioNetHeader.gsoSize(data, headerAt);
        int count = 0;
        for (int from = headers; from < frameBytes; from += size) {
            int payloadBytes = Math.min(size, frameBytes - from);
            PacketBuffer frame = to.pool().allocate(headers + payloadBytes);
            int start = frame.append(headers + payloadBytes);
            frame.data().put(start, data, frameAt, headers);
            frame.data().put(start + headers, data, frameAt + from, payloadBytes);
            setLengths(frame, start, headers - Udp.HEADER_BYTES, Udp.HEADER_BYTES + payloadBytes, count);
            frame.arrivalNs = to.nowNs();
            to.deliver(frame);
            count++;
        }
        return count;
    }

    private static void setLengths(PacketBuffer frame, int start, int udpAt, int udpBytes, int index) {
        ByteBuffer data = frame.data();
        int ip = start + Ethernet.HEADER_BYTES;
        int udp = start + udpAt;
        if (Ethernet.type(data, start) == Ethernet.TYPE_IPV4) {
            Ipv4.setTotalLength(data, ip, udp + udpBytes - ip);
            data.putShort(ip + IPV4_IDENTIFICATION, (short) (Ipv4.identification(data, ip) + index));
            Ipv4.fillChecksum(data, ip);
        } else {
            data.putShort(ip + IPV6_PAYLOAD_LENGTH, (short) udpBytes);
        }
        // The field holds the pseudo-header's sum, of which the length is a part (RFC 1624, without the complement).
        int wholeBytes = Udp.length(data, udp);
        int sum = Checksum.fold(Udp.checksum(data, udp) + (~wholeBytes & 0xffff) + (long) udpBytes);
        Udp.write(data, udp, Udp.sourcePort(data, udp), Udp.destinationPort(data, udp), udpBytes, sum);
        frame.checksumPartial = true;
        frame.checksumStart = udp;
        frame.checksumOffset = Udp.CHECKSUM_OFFSET;
        frame.checksumValidated = true;
    }
}
