package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address on the link.
 *
 * @param program the program's
 * @param router the other end's
 */
public record AddressPlan(Address program, IpAddress router) {
    /** The subnet both are in. */
    public Subnet subnet() {
        return Subnet.containing(program.address(), program.prefixLength());
    }

    /** What the program is told. */
    public LinkAddresses ofProgram() {
        return new LinkAddresses(List.of(program), router, List.of());
    }

    /**
     * The plan for a chosen address: the router is the subnet's first host unless the user says otherwise.
     *
     * @throws LaunchException if the two cannot be neighbours
     */
    public static AddressPlan of(Address program, @Nullable IpAddress router) throws LaunchException {
        if (!program.address().isV4()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "address " + program + " is an IPv6 address; give it with --address6");
        }
        if (program.prefixLength() < 1 || program.prefixLength() > 30) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "address " + program + ": the prefix length must be 1 to 30, to hold a router");
        }
        Subnet subnet = Subnet.containing(program.address(), program.prefixLength());
        if (!isHost(subnet, program.address())) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "address " + program + " is the network's or broadcast address of " + subnet);
        }
        int first = subnet.network().v4Bits() + 1;
        IpAddress chosen = router;
        if (chosen == null) {
            chosen = IpAddress.v4(program.address().v4Bits() == first ? first + 1 : first);
        }
        if (!isHost(subnet, chosen) || chosen.equals(program.address())) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "router " + chosen + " is not another host of the program's subnet " + subnet);
        }
        return new AddressPlan(program, chosen);
    }

    /**
     * The plan for a chosen IPv6 address: the router is the subnet's first host unless the user says otherwise.
     *
     * @throws LaunchException if the two cannot be neighbours
     */
    static AddressPlan ofIpv6(Address program, @Nullable IpAddress router) throws LaunchException {
        IpAddress own = program.address();
        if (own.isV4() || own.isMulticast() || own.isLinkLocal() || own.isLoopback()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "address6 " + program + " is not an IPv6 address that others can reach");
        }
        if (program.prefixLength() < 1 || program.prefixLength() > 126) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "address6 " + program + ": the prefix length must be 1 to 126, to hold a router");
        }
        Subnet subnet = Subnet.containing(own, program.prefixLength());
        if (own.equals(subnet.network())) {
            // RFC 4291 section 2.6.1.
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "address6 " + program + " is the address of any router of " + subnet);
        }
        IpAddress chosen = router;
        if (chosen == null) {
            IpAddress first = ofSubnet(subnet, 1);
            chosen = own.equals(first) ? ofSubnet(subnet, 2) : first;
        }
        if (!subnet.contains(chosen) || chosen.equals(subnet.network()) || chosen.equals(own)) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "router6 " + chosen + " is not another host of the program's subnet " + subnet);
        }
        return new AddressPlan(program, chosen);
    }

    private static IpAddress ofSubnet(Subnet subnet, int host) {
        return new IpAddress(subnet.network().high(), subnet.network().low() + host);
    }

    /** The plan of an IPv6 subnet: first host the router, second the program. */
    static AddressPlan ofIpv6Pair(Subnet pair) {
        return new AddressPlan(new Address(ofSubnet(pair, 2), pair.prefixLength()), ofSubnet(pair, 1));
    }

    /** The plan of an IPv4 subnet: first host the router, second the program, or the first of several. */
    static AddressPlan ofPair(Subnet pair) {
        int network = pair.network().v4Bits();
        return new AddressPlan(new Address(IpAddress.v4(network + 2), pair.prefixLength()), IpAddress.v4(network + 1));
    }

    private static boolean isHost(Subnet subnet, IpAddress address) {
        return subnet.contains(address) && !address.equals(subnet.network()) && !subnet.isBroadcast(address);
    }
}
