package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.TraceTarget;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of iptables: those Atoll has, and the names of those it knows but does not have yet, so that each is
 * refused under its name and none is taken for a spelling mistake.
 */
final class Extensions {
    /** The names that {@link #match} knows. */
    static final List<String> MATCHES = List.of(
            "tcp",
            "udp",
            "icmp",
            "icmp6",
            "state",
            "conntrack",
            "codesource",
            "comment",
            "connbytes",
            "connmark",
            "connlimit",
            "addrtype",
            "ah",
            "dscp",
            "ecn",
            "esp",
            "hashlimit",
            "fqdn",
            "hl",
            "iprange",
            "length",
            "limit",
            "mac",
            "mark",
            "multiport",
            "owner",
            "pkttype",
            "recent",
            "set",
            "statistic",
            "string",
            "tcpmss",
            "time",
            "tos",
            "ttl",
            "u32");

    private static final Set<String> UNBUILT_MATCHES = words("bpf cgroup cluster"
            + " connlabel cpu dccp devgroup dst eui64 frag hbh helper"
            + " ipcomp ipv6header ipvs mh nfacct osf"
            + " physdev policy quota rateest realm rpfilter rt sctp socket srh");

    private static final Set<String> UNBUILT_TARGETS = words("CHECKSUM CLASSIFY CLUSTERIP CONNSECMARK"
            + " DNPT ECN HMARK IDLETIMER LED NFQUEUE QUEUE"
            + " RATEEST SECMARK SET SNPT SYNPROXY TCPOPTSTRIP TEE TPROXY ULOG");

    /** The names that {@link #target} knows, standard ones first. */
    static final List<String> TARGETS = List.of(
            "ACCEPT",
            "DROP",
            "RETURN",
            "REJECT",
            "AUDIT",
            "DSCP",
            "CONNMARK",
            "CT",
            "LOG",
            "MARK",
            "NFLOG",
            "NOTRACK",
            "TCPMSS",
            "TOS",
            "TRACE",
            "TTL",
            "HL",
            "SNAT",
            "DNAT",
            "MASQUERADE",
            "REDIRECT",
            "NETMAP");

    /** Options that people use without the extension they belong to, and that extension. */
    private static final Map<String, String> OWNERS = new LinkedHashMap<>();

    static {
        owner("multiport", "dports sports ports source-ports destination-ports");
        owner("limit", "limit limit-burst");
        owner(
                "hashlimit",
                "hashlimit hashlimit-upto hashlimit-above hashlimit-name hashlimit-mode hashlimit-burst hashlimit-srcmask"
                        + " hashlimit-dstmask hashlimit-htable-size hashlimit-htable-max hashlimit-htable-expire"
                        + " hashlimit-htable-gcinterval hashlimit-rate-match hashlimit-rate-interval");
        owner("connlimit", "connlimit-upto connlimit-above connlimit-mask connlimit-saddr connlimit-daddr");
        owner("owner", "uid-owner gid-owner socket-exists suppl-groups");
        owner("set", "match-set return-nomatch update-counters update-subcounters");
        owner("mac", "mac-source");
        owner("mark", "mark");
        owner("iprange", "src-range dst-range");
        owner("addrtype", "src-type dst-type limit-iface-in limit-iface-out");
        owner("pkttype", "pkt-type");
        owner("length", "length");
        owner("dscp", "dscp dscp-class");
        owner("tos", "tos");
        owner("ttl", "ttl ttl-eq ttl-lt ttl-gt");
        owner("hl", "hl-eq hl-lt hl-gt");
        owner("time", "timestart timestop datestart datestop weekdays monthdays contiguous kerneltz");
        owner("string", "string algo hex-string icase");
        owner("recent", "rcheck update seconds hitcount reap rttl rdest rsource");
        owner("statistic", "probability every");
        owner("tcpmss", "mss");
        owner("ecn", "ecn-tcp-cwr ecn-tcp-ece ecn-ip-ect");
        owner("u32", "u32");
        owner("tcp or -p udp", "sport dport source-port destination-port");
        owner("tcp", "syn tcp-flags tcp-option");
        owner("icmp", "icmp-type");
        owner("icmp6", "icmpv6-type");
        owner("state", "state");
        owner(
                "conntrack",
                "ctstate ctproto ctorigsrc ctorigdst ctreplsrc ctrepldst ctorigsrcport ctorigdstport ctreplsrcport"
                        + " ctrepldstport ctstatus ctexpire ctdir");
        owner("connbytes", "connbytes connbytes-mode connbytes-dir");
        owner("codesource", "jar maven module package");
        owner("comment", "comment");
        owner("fqdn", "name allow-private");
    }

    private static final Map<String, String> TARGET_OWNERS = new LinkedHashMap<>();

    static {
        TARGET_OWNERS.put("reject-with", "REJECT");
        TARGET_OWNERS.put("log-prefix", "LOG");
        TARGET_OWNERS.put("log-level", "LOG");
        TARGET_OWNERS.put("log-tcp-sequence", "LOG");
        TARGET_OWNERS.put("log-tcp-options", "LOG");
        TARGET_OWNERS.put("log-ip-options", "LOG");
        TARGET_OWNERS.put("log-uid", "LOG");
        TARGET_OWNERS.put("log-macdecode", "LOG");
        TARGET_OWNERS.put("to-destination", "DNAT");
        TARGET_OWNERS.put("to-source", "SNAT");
        TARGET_OWNERS.put("to-ports", "REDIRECT");
        TARGET_OWNERS.put("set-mark", "MARK");
        TARGET_OWNERS.put("nflog-prefix", "NFLOG");
        TARGET_OWNERS.put("nflog-group", "NFLOG");
        TARGET_OWNERS.put("nflog-range", "NFLOG");
        TARGET_OWNERS.put("nflog-size", "NFLOG");
        TARGET_OWNERS.put("nflog-threshold", "NFLOG");
        TARGET_OWNERS.put("clamp-mss-to-pmtu", "TCPMSS");
        TARGET_OWNERS.put("set-mss", "TCPMSS");
        TARGET_OWNERS.put("notrack", "CT");
        TARGET_OWNERS.put("save-mark", "CONNMARK");
        TARGET_OWNERS.put("restore-mark", "CONNMARK");
        TARGET_OWNERS.put("set-dscp", "DSCP");
        TARGET_OWNERS.put("set-dscp-class", "DSCP");
        TARGET_OWNERS.put("set-tos", "TOS");
        TARGET_OWNERS.put("ttl-set", "TTL");
        TARGET_OWNERS.put("ttl-dec", "TTL");
        TARGET_OWNERS.put("ttl-inc", "TTL");
        TARGET_OWNERS.put("hl-set", "HL");
        TARGET_OWNERS.put("hl-dec", "HL");
        TARGET_OWNERS.put("hl-inc", "HL");
    }

    private Extensions() {}

    private static Set<String> words(String text) {
        return new LinkedHashSet<>(Arrays.asList(text.split(" ", -1)));
    }

    private static void owner(String extension, String options) {
        for (String option : options.split(" ", -1)) {
            OWNERS.put(option, extension);
        }
    }

    /** A new use of a match, or null if there is none of that name. */
    static @Nullable MatchSyntax match(String name, Lookups lookups) {
        return switch (name) {
            case "tcp" -> new TcpSyntax();
            case "udp" -> new UdpSyntax();
            case "icmp" -> IcmpSyntax.icmp();
            case "icmp6", "icmpv6", "ipv6-icmp" -> IcmpSyntax.icmp6();
            case "state" -> new StateSyntax();
            case "conntrack" -> new ConnTrackSyntax();
            case "connbytes" -> new ConnBytesSyntax();
            case "connlimit" -> new ConnLimitSyntax();
            case "connmark" -> new ConnMarkSyntax();
            case "codesource" -> new CodeSourceSyntax();
            case "comment" -> new CommentSyntax();
            case "addrtype" -> new AddressTypeSyntax();
            case "ah" -> SpiSyntax.ah();
            case "dscp" -> TosSyntax.dscp();
            case "ecn" -> new EcnSyntax();
            case "esp" -> SpiSyntax.esp();
            case "hashlimit" -> new HashLimitSyntax();
            case "fqdn" -> new NameSyntax();
            case "hl" -> TtlSyntax.hl();
            case "iprange" -> new RangeSyntax();
            case "length" -> new LengthSyntax();
            case "limit" -> new LimitSyntax();
            case "mac" -> new MacSyntax();
            case "mark" -> new MarkSyntax();
            case "multiport" -> new MultiportSyntax();
            case "owner" -> new OwnerSyntax();
            case "pkttype" -> new PacketTypeSyntax();
            case "recent" -> new RecentSyntax();
            case "set" -> new SetSyntax(lookups.sets());
            case "statistic" -> new StatisticSyntax();
            case "string" -> new StringSyntax();
            case "tcpmss" -> new TcpMssSyntax();
            case "time" -> new TimeSyntax();
            case "tos" -> TosSyntax.tos();
            case "ttl" -> TtlSyntax.ttl();
            case "u32" -> new U32Syntax();
            default -> null;
        };
    }

    /** A new use of a target, or null if there is none of that name. */
    static @Nullable TargetSyntax target(String name) {
        return switch (name) {
            case "ACCEPT" -> new TargetSyntax.Plain(name, StandardTarget.ACCEPT);
            case "DROP" -> new TargetSyntax.Plain(name, StandardTarget.DROP);
            case "RETURN" -> new TargetSyntax.Plain(name, StandardTarget.RETURN);
            case "REJECT" -> new RejectSyntax();
            case "AUDIT" -> new AuditSyntax();
            case "DSCP" -> TosTargetSyntax.dscp();
            case "CONNMARK" -> new ConnMarkTargetSyntax();
            case "CT" -> NoTrackSyntax.ct();
            case "LOG" -> new LogSyntax();
            case "MARK" -> new MarkTargetSyntax();
            case "NFLOG" -> new NfLogSyntax();
            case "NOTRACK" -> NoTrackSyntax.notrack();
            case "TCPMSS" -> new TcpMssTargetSyntax();
            case "TOS" -> TosTargetSyntax.tos();
            case "TRACE" -> new TargetSyntax.Plain(name, new TraceTarget());
            case "TTL" -> TtlTargetSyntax.ttl();
            case "HL" -> TtlTargetSyntax.hl();
            case "SNAT" -> NatSyntax.snat();
            case "DNAT" -> NatSyntax.dnat();
            case "MASQUERADE" -> NatSyntax.masquerade();
            case "REDIRECT" -> NatSyntax.redirect();
            case "NETMAP" -> new NetmapSyntax();
            default -> null;
        };
    }

    /** The match that {@code -p} of that protocol brings without {@code -m}, or null. */
    static @Nullable MatchSyntax matchOfProtocol(int protocol, Lookups lookups) {
        switch (protocol) {
            case Protocols.TCP:
                return match("tcp", lookups);
            case Protocols.UDP:
                return match("udp", lookups);
            case Protocols.ICMP:
                return match("icmp", lookups);
            case Protocols.ICMPV6:
                return match("icmp6", lookups);
            case Protocols.ESP:
                return match("esp", lookups);
            case Protocols.AH:
                return match("ah", lookups);
            default:
                return null;
        }
    }

    /** What the other family has in place of a match or target of one family alone; null for nothing. */
    static @Nullable String counterpart(String name) {
        return switch (name) {
            case "icmp" -> "icmp6";
            case "icmp6" -> "icmp";
            case "ttl" -> "hl";
            case "hl" -> "ttl";
            case "TTL" -> "HL";
            case "HL" -> "TTL";
            default -> null;
        };
    }

    static boolean isUnbuiltMatch(String name) {
        return UNBUILT_MATCHES.contains(name);
    }

    static boolean isUnbuiltTarget(String name) {
        return UNBUILT_TARGETS.contains(name);
    }

    /** Whether a chain of that name could not be told from a target. */
    static boolean isTargetName(String name) {
        return TARGETS.contains(name) || isUnbuiltTarget(name);
    }

    static Set<String> matchNames() {
        Set<String> names = new LinkedHashSet<>(MATCHES);
        names.addAll(UNBUILT_MATCHES);
        return names;
    }

    static Set<String> targetNames() {
        Set<String> names = new LinkedHashSet<>(TARGETS);
        names.addAll(UNBUILT_TARGETS);
        return names;
    }

    /** What an option that nothing named so far has would need before it; null if no extension known has it. */
    static @Nullable String missingFor(String option) {
        String match = OWNERS.get(option);
        if (match != null) {
            if (isUnbuiltMatch(match)) {
                return "--" + option + " belongs to -m " + match + ", which is not supported yet";
            }
            boolean protocol = match.startsWith("tcp") || match.equals("icmp");
            return "--" + option + " needs " + (protocol ? "-p " : "-m ") + match + " before it";
        }
        String target = TARGET_OWNERS.get(option);
        if (target == null) {
            return null;
        }
        return isUnbuiltTarget(target)
                ? "--" + option + " belongs to -j " + target + ", which is not supported yet"
                : "--" + option + " needs -j " + target + " before it";
    }

    static Set<String> optionNames() {
        Set<String> names = new LinkedHashSet<>(OWNERS.keySet());
        names.addAll(TARGET_OWNERS.keySet());
        return names;
    }
}
