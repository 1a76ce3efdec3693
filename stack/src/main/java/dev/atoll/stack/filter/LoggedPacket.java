package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A packet that a rule tells of, as it was when it met the rule.
 *
 * @param cause what tells of it
 * @param origin where that was written; null for the end of a chain that was not written
 * @param inNic name of the NIC it came in by; empty for none
 * @param outNic name of the NIC it leaves by; empty for none
 * @param linkSource the frame's sender, or null for a packet that came in without a frame
 * @param linkDestination to whom the frame was sent; null exactly if {@code linkSource} is
 * @param ipVersion 4 or 6
 * @param headers its first bytes from the IP header on, {@link #MAX_HEADER_BYTES} at most
 * @param lengthBytes of the whole packet from the IP header on
 * @param mark 0 is none
 * @param owner as whom it is sent, or null for nobody
 * @param untoldBefore how many packets were not told since the last one that was, as they came too fast
 */
public record LoggedPacket(
        Cause cause,
        @Nullable Origin origin,
        Hook hook,
        String inNic,
        String outNic,
        @Nullable MacAddress linkSource,
        @Nullable MacAddress linkDestination,
        int ipVersion,
        ByteBuffer headers,
        int lengthBytes,
        int mark,
        @Nullable SocketOwner owner,
        long untoldBefore) {
    /** An IP and a TCP header with all their options, and what an ICMP error has of the packet that it is about. */
    public static final int MAX_HEADER_BYTES = 256;

    /** Why a packet is told. */
    public sealed interface Cause permits LogTarget, TraceStep {}

    public LoggedPacket {
        headers = headers.asReadOnlyBuffer();
    }

    /** The first bytes, with a position of the caller's own. */
    @Override
    public ByteBuffer headers() {
        return headers.duplicate();
    }

    static LoggedPacket of(Cause cause, @Nullable Origin origin, PacketContext context, long untoldBefore) {
        PacketBuffer packet = context.packet();
        int from = packet.networkOffset;
        byte[] headers = new byte[Math.min(MAX_HEADER_BYTES, packet.start() + packet.linearLength() - from)];
        packet.data().get(from, headers);
        boolean framed = !context.inNic().isEmpty() && hasFrameBefore(packet);
        int frame = from - Ethernet.HEADER_BYTES;
        return new LoggedPacket(
                cause,
                origin,
                context.hook(),
                context.inNic(),
                context.outNic(),
                framed ? new MacAddress(packet.linkSource) : null,
                framed ? new MacAddress(Ethernet.destination(packet.data(), frame)) : null,
                packet.ipVersion,
                ByteBuffer.wrap(headers),
                context.lengthBytes(),
                packet.mark,
                packet.fromEndpoint ? context.socketOwner() : null,
                untoldBefore);
    }

    /** A packet that was put together, or copied without its frame, has other bytes there. */
    private static boolean hasFrameBefore(PacketBuffer packet) {
        int frame = packet.networkOffset - Ethernet.HEADER_BYTES;
        return packet.linkSource != MacAddress.ZERO.bits()
                && frame >= 0
                && Ethernet.source(packet.data(), frame) == packet.linkSource;
    }
}
