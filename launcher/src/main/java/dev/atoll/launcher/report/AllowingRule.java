package dev.atoll.launcher.report;

import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user can paste into a policy to allow what was denied, in the form in which the rule that denied it is written, and
 * where. It is made of addresses, ports and what the policy has itself, and of no text from inside the sandbox.
 */
final class AllowingRule {
    private final RuleSet rules;

    AllowingRule(RuleSet rules) {
        this.rules = rules;
    }

    /** What decided, found again in the policy. */
    private record Place(Table table, Chain chain, Origin origin, boolean isPolicy) {}

    /**
     * The text for a packet that a rule denied.
     *
     * @param rule the rule's origin as text
     * @return null if no rule of the policy said so: a closed family, a full table
     */
    @Nullable String of(String rule, DeniedPacket packet) {
        Family family = packet.destination().address().isV4() ? Family.IPV4 : Family.IPV6;
        Place place = find(rule, family, packet.outgoing() ? "OUTPUT" : "INPUT");
        if (place == null) {
            return null;
        }
        Origin origin = place.origin();
        if (HoconPolicy.isHocon(place.table().origin().source())) {
            String section = packet.outgoing() ? "egress" : "ingress";
            boolean byDefault = origin.text().startsWith(section);
            return "in " + section + ".rules" + (byDefault ? "" : " before " + at(origin)) + ": " + hocon(packet);
        }
        String where = place.isPolicy()
                ? "behind the rules of " + place.chain().name() + " in " + origin.source()
                : "before " + at(origin);
        return where + ": " + mark(place, family) + "-A " + place.chain().name() + " " + conditions(packet)
                + " -j ACCEPT";
    }

    private static String at(Origin origin) {
        return origin.source() + ":" + origin.line();
    }

    /** A rule of several hooks' chains is the one of the packet's own where there is a choice. */
    private @Nullable Place find(String rule, Family family, String builtIn) {
        Place found = null;
        for (Table table : rules.tables()) {
            for (Chain chain : table.family() == family ? table.chains() : List.<Chain>of()) {
                Place place = find(rule, table, chain);
                if (place != null && (found == null || chain.name().equals(builtIn))) {
                    found = place;
                }
            }
        }
        return found;
    }

    private static @Nullable Place find(String rule, Table table, Chain chain) {
        for (Rule each : chain.rules()) {
            if (isNamed(rule, each.origin())) {
                return new Place(table, chain, each.origin(), false);
            }
        }
        Origin origin = chain.origin();
        return origin != null && isNamed(rule, origin) ? new Place(table, chain, origin, true) : null;
    }

    private static boolean isNamed(String rule, Origin origin) {
        return rule.startsWith(origin.source()) && rule.equals(origin.toString());
    }

    /** What a line needs before it: a command where the file is a script, the family where lines are for both. */
    private String mark(Place place, Family family) {
        Table table = place.table();
        boolean v6 = family == Family.IPV6;
        char first = place.origin().text().charAt(0);
        if (first != '-' && first != ':' && first != '[') {
            String ofTable =
                    table.name() == TableName.FILTER ? "" : "-t " + table.name().text() + " ";
            return (v6 ? "ip6tables " : "iptables ") + ofTable;
        }
        Table other = rules.table(v6 ? Family.IPV4 : Family.IPV6, table.name());
        boolean forBoth = other != null && other.origin().equals(table.origin());
        return forBoth ? (v6 ? "-6 " : "-4 ") : "";
    }

    private static String conditions(DeniedPacket packet) {
        if (!packet.opens()) {
            return "-m conntrack --ctstate RELATED,ESTABLISHED";
        }
        FullAddress peer = packet.outgoing() ? packet.destination() : packet.source();
        StringBuilder text = new StringBuilder(packet.outgoing() ? "-d " : "-s ");
        text.append(peer.address()).append(" -p ").append(protocol(packet.protocol()));
        if (packet.destination().port() != 0) {
            text.append(" --dport ").append(packet.destination().port());
        }
        return text.toString();
    }

    private static String hocon(DeniedPacket packet) {
        FullAddress peer = packet.outgoing() ? packet.destination() : packet.source();
        StringBuilder text = new StringBuilder(packet.outgoing() ? "{ to = " : "{ from = ");
        text.append(inHocon(peer.address()));
        if (packet.destination().port() != 0) {
            text.append(", port = ").append(packet.destination().port());
        }
        switch (packet.protocol()) {
            case IpProtocol.TCP -> {
                // What a port alone means.
            }
            case IpProtocol.UDP -> text.append(", proto = udp");
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> text.append(", proto = icmp");
            default -> {
                // HOCON has no other by name: without one, all are allowed.
            }
        }
        return text.append(", action = allow }").toString();
    }

    private static String inHocon(IpAddress address) {
        return address.isV4() ? address.toString() : "\"" + address + "\"";
    }

    static String protocol(int number) {
        return switch (number) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.ICMP -> "icmp";
            case IpProtocol.ICMPV6 -> "icmpv6";
            default -> Integer.toString(number);
        };
    }
}
