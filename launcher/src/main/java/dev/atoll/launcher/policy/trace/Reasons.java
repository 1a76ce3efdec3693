package dev.atoll.launcher.policy.trace;

import dev.atoll.launcher.policy.MatcherText;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.CodeSourceMatcher;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Icmpv6Matcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.SetMatcher;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a condition does not hold, in terms of the packet. */
final class Reasons {
    private Reasons() {}

    /** Why a matcher that said no did so; of one that this does not know, that it did. */
    static String whyNot(Matcher matcher, PacketContext context) {
        PacketBuffer packet = context.packet();
        if (matcher instanceof ProtocolMatcher) {
            return "the protocol is " + protocol(packet.transportProtocol) + failed(matcher, packet);
        } else if (matcher instanceof AddressMatcher address) {
            return address(address.direction() == AddressMatcher.Direction.SOURCE, packet) + failed(matcher, packet);
        } else if (matcher instanceof AddressRangeMatcher range) {
            boolean source = range.source() != null
                    && new AddressRangeMatcher(range.source(), null).match(context) == Matcher.Result.NO;
            return address(source, packet) + failed(matcher, packet);
        } else if (matcher instanceof InterfaceMatcher nic) {
            boolean in = nic.side() == InterfaceMatcher.Side.IN;
            String name = in ? context.inNic() : context.outNic();
            String what = in ? "it came in by " : "it leaves by ";
            return what + (name.isEmpty() ? "no interface" : name) + failed(matcher, packet);
        } else if (matcher instanceof ConnStateMatcher) {
            return "its state is " + context.connState() + failed(matcher, packet);
        } else if (matcher instanceof TcpMatcher tcp) {
            return tcp(tcp, packet) + failed(matcher, packet);
        } else if (matcher instanceof UdpMatcher udp) {
            return ports(udp.source(), udp.destination(), packet) + failed(matcher, packet);
        } else if (matcher instanceof MultiportMatcher ports && MultiportMatcher.hasPorts(packet.transportProtocol)) {
            return switch (ports.side()) {
                        case SOURCE -> "the source port is " + sourcePort(packet);
                        case DESTINATION -> "the destination port is " + destinationPort(packet);
                        case EITHER -> "the ports are " + sourcePort(packet) + " and " + destinationPort(packet);
                    }
                    + failed(matcher, packet);
        } else if (matcher instanceof IcmpMatcher || matcher instanceof Icmpv6Matcher) {
            int at = packet.transportOffset;
            return "the ICMP type is " + (packet.data().get(at) & 0xff) + failed(matcher, packet);
        } else if (matcher instanceof NameMatcher names) {
            return name(names, context) + failed(matcher, packet);
        } else if (matcher instanceof CodeSourceMatcher) {
            SocketCaller caller = context.socketCaller();
            return caller.hasCode()
                    ? "it is opened by " + code(caller) + failed(matcher, packet)
                    : "nobody says whose code opens it (--from)" + failed(matcher, packet);
        } else if (matcher instanceof MarkMatcher) {
            return "its mark is 0x" + Integer.toHexString(packet.mark) + failed(matcher, packet);
        } else if (matcher instanceof OwnerMatcher && packet.fromEndpoint) {
            SocketOwner owner = context.socketOwner();
            return owner == null
                    ? "as whom the program runs was not said (as USER), and " + text(matcher, packet) + " asks for it"
                    : "the program runs as " + owner.userId() + ":" + owner.groupId() + failed(matcher, packet);
        }
        return "the condition " + text(matcher, packet) + " does not hold for this made-up packet";
    }

    private static String name(NameMatcher matcher, PacketContext context) {
        List<String> names = context.remoteNames();
        if (names.isEmpty()) {
            return "it goes to " + context.remoteAddress() + ", which no name was looked up for";
        }
        boolean internal = !matcher.negated() && matcher.covers(names.get(0));
        return "it goes to " + names.get(0)
                + (internal
                        ? " at " + context.remoteAddress() + ", an internal address that needs --allow-private"
                        : "");
    }

    private static String code(SocketCaller caller) {
        String place = caller.jar().isEmpty() ? caller.className() : caller.jar();
        return caller.coordinates().isEmpty() ? place : place + " (" + caller.coordinates() + ")";
    }

    private static String text(Matcher matcher, PacketBuffer packet) {
        return MatcherText.of(matcher, packet.ipVersion == Family.IPV4.ipVersion() ? Family.IPV4 : Family.IPV6);
    }

    private static String failed(Matcher matcher, PacketBuffer packet) {
        return ", which " + text(matcher, packet) + " does not match";
    }

    private static String address(boolean source, PacketBuffer packet) {
        return source
                ? "the source is " + new IpAddress(packet.sourceHigh, packet.sourceLow)
                : "the destination is " + new IpAddress(packet.destinationHigh, packet.destinationLow);
    }

    private static String tcp(TcpMatcher matcher, PacketBuffer packet) {
        int flags = Tcp.flags(packet.data(), packet.transportOffset);
        boolean ports = matcher.source().contains(sourcePort(packet))
                && matcher.destination().contains(destinationPort(packet));
        return ports
                ? "the flags are " + ((flags & Tcp.ACK) == 0 ? "SYN" : "SYN,ACK")
                : ports(matcher.source(), matcher.destination(), packet);
    }

    private static String ports(PortRange source, PortRange destination, PacketBuffer packet) {
        return destination.contains(destinationPort(packet)) && !source.contains(sourcePort(packet))
                ? "the source port is " + sourcePort(packet)
                : "the destination port is " + destinationPort(packet);
    }

    private static int sourcePort(PacketBuffer packet) {
        return Tcp.sourcePort(packet.data(), packet.transportOffset);
    }

    /** UDP and the others that have ports have them in the same place. */
    private static int destinationPort(PacketBuffer packet) {
        return Tcp.destinationPort(packet.data(), packet.transportOffset);
    }

    /** The name of a protocol. */
    static String protocol(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.ICMP -> "icmp";
            case IpProtocol.ICMPV6 -> "ipv6-icmp";
            default -> String.format(Locale.ROOT, "%d", protocol);
        };
    }

    /** Why a matcher that said yes may say otherwise of another packet of the connection, or of a real one; null if not. */
    static @Nullable String dependsOn(Matcher matcher, PacketContext context) {
        PacketBuffer packet = context.packet();
        String text = text(matcher, packet);
        if (matcher.inForce() != matcher) {
            return text + " remembers packets, and this is its first";
        }
        if (matcher instanceof ConnStateMatcher states) {
            boolean established = (states.states() & ConnState.ESTABLISHED.bit()) != 0 != states.negated();
            return established ? null : text + " holds until the connection is answered";
        }
        return isTold(matcher, context.socketOwner() != null)
                ? null
                : text + " holds for this made-up packet; a real one may differ";
    }

    /** Whether what the matcher asks for is what the user said of the connection. */
    private static boolean isTold(Matcher matcher, boolean ownerSaid) {
        return (ownerSaid && matcher instanceof OwnerMatcher)
                || matcher instanceof ProtocolMatcher
                || matcher instanceof AddressMatcher
                || matcher instanceof AddressRangeMatcher
                || matcher instanceof InterfaceMatcher
                || matcher instanceof TcpMatcher
                || matcher instanceof UdpMatcher
                || matcher instanceof MultiportMatcher
                || matcher instanceof MarkMatcher
                || matcher instanceof SetMatcher
                || matcher instanceof NameMatcher
                || matcher instanceof CodeSourceMatcher
                || matcher instanceof CommentMatcher;
    }
}
