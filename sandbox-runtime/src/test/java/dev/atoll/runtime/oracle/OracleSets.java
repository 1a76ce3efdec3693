package dev.atoll.runtime.oracle;

import dev.atoll.runtime.policy.IpSetParser;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import java.util.Map;

/** The sets that rules may ask for, the same in all cases: a part of the addresses that packets have. */
final class OracleSets {
    private OracleSets() {}

    /** As ipset reads them. */
    static String text(Topology topology) {
        boolean v4 = topology.family() == Family.IPV4;
        String family = " family " + (v4 ? "inet" : "inet6") + "\n";
        String bits = v4 ? "/16" : "/48";
        IpAddress near = topology.sides().get(0).neighbors().get(0);
        IpAddress other = topology.sides().get(1).neighbors().get(0);
        IpAddress own = topology.sides().get(0).local().get(0);
        IpAddress far = topology.far().get(0);
        String icmp = v4 ? ",icmp:8/0" : ",icmpv6:128/0";
        return "create hosts hash:ip" + family + "add hosts " + near + "\nadd hosts " + far + "\n"
                + "create nets hash:net" + family + "add nets " + near + bits + "\nadd nets " + own
                + " nomatch\nadd nets " + far + "\n"
                + "create ports hash:ip,port" + family + "add ports " + other + ",tcp:80\nadd ports " + near
                + ",udp:53\n"
                + "add ports " + other + icmp + "\nadd ports " + near + ",99:0\n"
                + "create every list:set size 8\nadd every ports\nadd every hosts\n";
    }

    static Map<String, IpSet> read(Topology topology) {
        IpSetParser.Result result = IpSetParser.parse(List.of(new PolicyText("oracle.ipset", text(topology))));
        if (!result.errors().isEmpty()) {
            throw new IllegalStateException(result.errors().toString());
        }
        return result.sets();
    }

    /** A name and the sides that its type wants, and now and then what is excluded. */
    static String draw(Draw draw) {
        String one = draw.of("src", "dst");
        String two = draw.of("src,src", "src,dst", "dst,src", "dst,dst");
        return switch (draw.below(4)) {
            case 0 -> "hosts " + one;
            case 1 -> "nets " + one + (draw.oneIn(4) ? " --return-nomatch" : "");
            case 2 -> "ports " + two;
            default -> "every " + draw.of(one, two);
        };
    }
}
