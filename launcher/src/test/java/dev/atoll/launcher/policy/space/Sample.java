package dev.atoll.launcher.policy.space;

import dev.atoll.launcher.policy.trace.MadeUpPacket;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.math.BigInteger;

/** A packet, and the values of its variables. */
record Sample(int protocol, FullAddress from, FullAddress to, String nic) {
    static Sample draw(Rng rng, Family family) {
        int[] protocols = {IpProtocol.TCP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, 47};
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
        if (protocol == IpProtocol.ICMP) {
            packet.data().put(packet.transportOffset, (byte) 8);
        }
        return packet;
    }

    Diagram.Point point(Space space, boolean outgoing) {
        int index = space.interfaces().index(nic);
        int toPort = protocol == IpProtocol.ICMP ? 8 << 8 : to.port();
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
