package dev.atoll.launcher.policy.space;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.MadeUpPacket;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.math.BigInteger;

/** A packet, and the values of its variables. */
record Sample(int protocol, FullAddress from, FullAddress to, String nic) {
    static Sample draw(Rng rng, Family family) {
        int icmp = family == Family.IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int[] protocols = {IpProtocol.TCP, IpProtocol.TCP, IpProtocol.UDP, icmp, 47};
        int protocol = protocols[rng.nextInt(protocols.length)];
        String[] nics = {"lo", "eth0", "eth7", "tun1", "wlan0"};
        boolean ports = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        return new Sample(
                protocol,
                new FullAddress(address(rng, family), ports ? port(rng) : 0),
                new FullAddress(address(rng, family), ports ? port(rng) : 0),
                nics[rng.nextInt(nics.length)]);
    }

    private static IpAddress address(Rng rng, Family family) {
        IpAddress address = IpAddress.parse(RandomRules.address(rng));
        return family == Family.IPV4 ? address : InIpv6.address(address);
    }

    private static int port(Rng rng) {
        int[] ports = {53, 79, 80, 81, 443, 444, 1023, 1024, 2000, 8080, 49_152};
        return ports[rng.nextInt(ports.length)];
    }

    PacketBuffer packet(boolean outgoing) {
        PacketBuffer packet = MadeUpPacket.of(protocol, from, to, Tcp.SYN, outgoing);
        if (echoType() != 0) {
            packet.data().put(packet.transportOffset, (byte) echoType());
        }
        return packet;
    }

    /** The type of an echo request, or 0 for what is no ICMP. */
    private int echoType() {
        return switch (protocol) {
            case IpProtocol.ICMP -> Icmpv4.ECHO_REQUEST;
            case IpProtocol.ICMPV6 -> Icmpv6.ECHO_REQUEST;
            default -> 0;
        };
    }

    Diagram.Point point(Space space, boolean outgoing) {
        int index = space.interfaces().index(nic);
        int toPort = echoType() != 0 ? echoType() << 8 : to.port();
        return variable -> switch (variable) {
            case Space.PROTOCOL -> BigInteger.valueOf(protocol);
            case Space.SOURCE -> Space.value(from.address());
            case Space.DESTINATION -> Space.value(to.address());
            case Space.SOURCE_PORT -> BigInteger.valueOf(from.port());
            case Space.DESTINATION_PORT -> BigInteger.valueOf(toPort);
            case Space.IN -> BigInteger.valueOf(outgoing ? 0 : index);
            case Space.OUT -> BigInteger.valueOf(outgoing ? index : 0);
            case Space.STATE -> BigInteger.valueOf(Space.value(ConnState.NEW));
            default -> throw new AssertionError("a condition that is not modelled: " + space.conditionText(variable));
        };
    }
}
