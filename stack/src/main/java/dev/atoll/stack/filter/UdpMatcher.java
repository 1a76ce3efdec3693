package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;

/** {@code -m udp}: ports. A later fragment never matches; a truncated header is dropped. */
public record UdpMatcher(PortRange source, PortRange destination) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffset() != 0) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(Headers.UDP_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        return Matcher.of(source.contains(packet.data().getShort(at + Headers.SOURCE_PORT) & 0xffff)
                && destination.contains(packet.data().getShort(at + Headers.DESTINATION_PORT) & 0xffff));
    }

    @Override
    public int requiredProtocol() {
        return Headers.PROTOCOL_UDP;
    }
}
