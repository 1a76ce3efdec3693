package dev.atoll.runtime.policy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** IANA protocol numbers by name, under the names that /etc/protocols usually has. */
final class Protocols {
    static final int ALL = 0;
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ESP = 50;
    static final int AH = 51;
    /** ICMPv6: never inside an IPv4 packet. */
    static final int ICMPV6 = 58;

    private static final Map<String, Integer> NUMBERS = new LinkedHashMap<>();
    private static final Map<Integer, String> NAMES = new HashMap<>();

    static {
        add(ICMP, "icmp");
        add(2, "igmp");
        add(3, "ggp");
        add(4, "ipencap");
        add(5, "st");
        add(TCP, "tcp");
        add(8, "egp");
        add(9, "igp");
        add(12, "pup");
        add(UDP, "udp");
        add(20, "hmp");
        add(22, "xns-idp");
        add(27, "rdp");
        add(29, "iso-tp4");
        add(33, "dccp");
        add(36, "xtp");
        add(37, "ddp");
        add(38, "idpr-cmtp");
        add(41, "ipv6");
        add(43, "ipv6-route");
        add(44, "ipv6-frag");
        add(45, "idrp");
        add(46, "rsvp");
        add(47, "gre");
        add(ESP, "esp");
        add(AH, "ah");
        add(57, "skip");
        add(ICMPV6, "ipv6-icmp");
        add(59, "ipv6-nonxt");
        add(60, "ipv6-opts");
        add(73, "rspf");
        add(81, "vmtp");
        add(88, "eigrp");
        add(89, "ospf");
        add(93, "ax.25");
        add(94, "ipip");
        add(97, "etherip");
        add(98, "encap");
        add(103, "pim");
        add(108, "ipcomp");
        add(112, "vrrp");
        add(115, "l2tp");
        add(124, "isis");
        add(132, "sctp");
        add(133, "fc");
        add(135, "mobility-header");
        add(136, "udplite");
        add(137, "mpls-in-ip");
        add(138, "manet");
        add(139, "hip");
        add(140, "shim6");
        add(141, "wesp");
        add(142, "rohc");
        add(143, "ethernet");
        NUMBERS.put("all", ALL);
        NUMBERS.put("ip", ALL);
        NUMBERS.put("icmpv6", ICMPV6);
        NUMBERS.put("mh", 135);
    }

    private Protocols() {}

    private static void add(int number, String name) {
        NUMBERS.put(name, number);
        NAMES.put(number, name);
    }

    /** The number of a protocol given by number or name; -1 if it is neither. */
    static int parse(String text) {
        Integer named = NUMBERS.get(text.toLowerCase(Locale.ROOT));
        return named != null ? named : Ports.number(text, 255);
    }

    static Set<String> names() {
        return NUMBERS.keySet();
    }

    /** The name iptables-save prints for a number, or null if it prints the number. */
    static @Nullable String name(int number) {
        return NAMES.get(number);
    }
}
