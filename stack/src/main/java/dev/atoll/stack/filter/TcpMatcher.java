package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;

/**
 * {@code -m tcp}: ports and flags. The first fragment of a packet has the header, a later one never matches; one that
 * begins inside the header (RFC 1858) and a truncated header are dropped.
 *
 * @param flagsMask the flags looked at, as in the header's flags byte; 0 for none
 * @param flagsSet those of them that must be set, the others must not be
 * @param flagsNegated whether all but that combination match
 */
public record TcpMatcher(PortRange source, PortRange destination, int flagsMask, int flagsSet, boolean flagsNegated)
        implements StandardMatcher {
    /** {@code --syn} looks at FIN, SYN, RST and ACK. */
    public static final int SYN_MASK = Headers.TCP_FIN | Headers.TCP_SYN | Headers.TCP_RST | Headers.TCP_ACK;
    /** {@code --syn} wants SYN alone. */
    public static final int SYN_SET = Headers.TCP_SYN;

    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffset() != 0) {
            return context.fragmentOffset() == 1 ? Result.HOTDROP : Result.NO;
        }
        if (!context.hasTransportBytes(Headers.TCP_MIN_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        int flags = packet.data().get(at + Headers.TCP_FLAGS);
        return Matcher.of(source.contains(packet.data().getShort(at + Headers.SOURCE_PORT) & 0xffff)
                && destination.contains(packet.data().getShort(at + Headers.DESTINATION_PORT) & 0xffff)
                && (flags & flagsMask) == flagsSet != flagsNegated);
    }

    @Override
    public int requiredProtocol() {
        return Headers.PROTOCOL_TCP;
    }
}
