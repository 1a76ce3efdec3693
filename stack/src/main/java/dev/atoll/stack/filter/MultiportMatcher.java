package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m multiport [!] --sports}, {@code --dports} and {@code --ports}: a list of ports and ranges. A later fragment never
 * matches; a truncated header is dropped. Of protocols that have ports: TCP, UDP, DCCP, SCTP, UDP-Lite.
 *
 * @param side whose port; {@link Side#EITHER} wants one of the two
 * @param ports 1 to {@link #MAX_PORTS} of them, a range counting for two; none of them negated
 */
public record MultiportMatcher(Side side, List<PortRange> ports, boolean negated) implements StandardMatcher {
    /** Which port is compared. */
    public enum Side {
        SOURCE,
        DESTINATION,
        EITHER
    }

    /** Linux's XT_MULTI_PORTS. */
    public static final int MAX_PORTS = 15;

    /** Bytes of both ports. */
    private static final int PORTS_BYTES = 4;

    public MultiportMatcher {
        ports = List.copyOf(ports);
        int count = 0;
        for (PortRange range : ports) {
            Check.argument(!range.negated(), "ports", range, "none negated by itself");
            count += range.first() == range.last() ? 1 : 2;
        }
        Check.argument(
                count >= 1 && count <= MAX_PORTS, "ports", count, "1 to " + MAX_PORTS + ", ranges counting twice");
    }

    /** Whether packets of a protocol have ports where this looks for them. */
    public static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP
                || protocol == IpProtocol.UDP
                || protocol == IpProtocol.DCCP
                || protocol == IpProtocol.SCTP
                || protocol == IpProtocol.UDP_LITE;
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        if (context.fragmentOffsetBytes() != 0 || !hasPorts(packet.transportProtocol)) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(PORTS_BYTES)) {
            return Result.HOTDROP;
        }
        int both = packet.data().getInt(packet.transportOffset);
        boolean inside =
                (side != Side.DESTINATION && contains(both >>> 16)) || (side != Side.SOURCE && contains(both & 0xffff));
        return Matcher.of(inside != negated);
    }

    private boolean contains(int port) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).contains(port)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static MultiportMatcher archived(Archive archive, @Nullable MultiportMatcher value) {
        Side side = archive.constant(value == null ? Side.SOURCE : value.side());
        int count = archive.count(value == null ? 0 : value.ports().size(), MAX_PORTS);
        List<PortRange> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(PortRange.archived(
                    archive, value == null ? PortRange.ANY : value.ports().get(i)));
        }
        return new MultiportMatcher(side, ports, archive.bool(value != null && value.negated()));
    }
}
