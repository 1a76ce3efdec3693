package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Udp;
import org.jspecify.annotations.Nullable;

/** {@code -m udp}: ports. A later fragment never matches; a truncated header is dropped. */
public record UdpMatcher(PortRange source, PortRange destination) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffsetBytes() != 0) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(Udp.HEADER_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        return Matcher.of(source.contains(Udp.sourcePort(packet.data(), at))
                && destination.contains(Udp.destinationPort(packet.data(), at)));
    }

    @Override
    public int requiredProtocol() {
        return IpProtocol.UDP;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static UdpMatcher archived(Archive archive, @Nullable UdpMatcher value) {
        PortRange source = PortRange.archived(archive, value == null ? PortRange.ANY : value.source());
        return new UdpMatcher(source, PortRange.archived(archive, value == null ? PortRange.ANY : value.destination()));
    }
}
