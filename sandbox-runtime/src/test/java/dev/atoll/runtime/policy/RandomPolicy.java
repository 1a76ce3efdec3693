package dev.atoll.runtime.policy;

import dev.atoll.stack.env.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes policies as people and tools write them, with a mistake now and then; the same seed makes the same text. One is for
 * IPv4, for IPv6, or for both with {@code -4} or {@code -6} in lines that only one can read.
 */
final class RandomPolicy {
    /** Whose tools are to read a policy. */
    enum Kind {
        IPV4,
        IPV6,
        BOTH
    }

    private final Rng rng;
    private final Kind kind;
    private final List<String> userChains = new ArrayList<>();
    /** Whether the line being made is for IPv6. */
    private boolean v6;

    private RandomPolicy(long seed, Kind kind) {
        rng = Rng.seeded(seed);
        this.kind = kind;
    }

    /** One of the kind that the seed chooses. */
    static String make(long seed) {
        return make(seed, Kind.values()[Math.floorMod(seed, Kind.values().length)]);
    }

    static String make(long seed, Kind kind) {
        return new RandomPolicy(seed, kind).text();
    }

    private String text() {
        if (kind == Kind.IPV4 && oneIn(8)) {
            return mangle();
        }
        StringBuilder text = new StringBuilder(kind == Kind.IPV6 ? "# ip6tables-save\n*filter\n" : "*filter\n");
        if (oneIn(2)) {
            text.append(":INPUT ").append(pick("ACCEPT", "DROP", "-")).append(" [0:0]\n");
        }
        if (oneIn(2)) {
            text.append(":OUTPUT ").append(pick("ACCEPT", "DROP")).append(oneIn(2) ? "\n" : " [7:420]\n");
        }
        if (oneIn(40)) {
            text.append(":OUTPUT ").append(pick("REJECT", "ACEPT", "")).append("\n");
        }
        for (String name : List.of("EGRESS", "zone-a", "B_2")) {
            if (oneIn(2)) {
                userChains.add(name);
                text.append(':').append(name).append(" - [0:0]\n");
            }
        }
        if (kind == Kind.BOTH) {
            text.append(pick("-4 -Z\n", "-Z -6 ignored\n"));
        }
        int rules = 1 + rng.nextInt(5);
        for (int i = 0; i < rules; i++) {
            text.append(line()).append('\n');
        }
        if (!userChains.isEmpty() && oneIn(20)) {
            String chain = userChains.get(0);
            text.append("-I OUTPUT -j ")
                    .append(chain)
                    .append("\n-I ")
                    .append(chain)
                    .append(" -j ")
                    .append(chain);
            text.append('\n');
        }
        return text.append("COMMIT\n").toString();
    }

    private String mangle() {
        StringBuilder text = new StringBuilder("*mangle\n");
        for (int i = 1 + rng.nextInt(3); i > 0; i--) {
            text.append("-A ").append(pick("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"));
            String rewrite = rewrite();
            // Some matches want the protocol in front of them.
            int target = rewrite.indexOf("-j ");
            text.append(' ').append(rewrite, 0, target).append(oneIn(3) ? match() + " " : "");
            text.append(rewrite.substring(target)).append('\n');
        }
        return text.append("COMMIT\n").toString();
    }

    private String rewrite() {
        switch (rng.nextInt(4)) {
            case 0:
                return "-j DSCP "
                        + pick("--set-dscp 10", "--set-dscp 0x3f", "--set-dscp 64", "--set-dscp-class EF", "");
            case 1:
                return "-j TOS "
                        + pick("--set-tos 0x10", "--set-tos 8/0xff", "--and-tos 7", "--or-tos 0x300", "--xor-tos 1")
                        + pick("", "", "", " --set-tos Normal-Service");
            case 2:
                return "-j TTL " + pick("--ttl-set ", "--ttl-dec ", "--ttl-inc ") + pick("0", "1", "0x40", "256");
            default:
                return "-p tcp " + pick("--syn ", "--syn ", "--dport 80 ") + "-j TCPMSS "
                        + pick("--set-mss 1000", "--set-mss 0x500", "--set-mss 65516", "--clamp-mss-to-pmtu");
        }
    }

    private String line() {
        switch (rng.nextInt(30)) {
            case 0:
                return "";
            case 1:
                return "# a comment";
            case 2:
                return "-P " + pick("INPUT", "OUTPUT", "FORWARD") + " " + pick("ACCEPT", "DROP", "REJECT");
            case 3:
                return "-Z" + pick("", " INPUT", " OUTPUT");
            case 4:
                return "-D OUTPUT -j " + pick("DROP", "ACCEPT");
            case 5:
                return "-I OUTPUT " + pick("1 ", "2 ", "") + "-j " + pick("DROP", "ACCEPT");
            case 6:
                return "-X EGRESS";
            case 7:
                return "-N " + pick("EGRESS", "FRESH", "zone-a");
            default:
                return rule();
        }
    }

    private String rule() {
        String chain = pick("INPUT", "OUTPUT", "OUTPUT", "FORWARD");
        if (!userChains.isEmpty() && oneIn(4)) {
            chain = userChains.get(rng.nextInt(userChains.size()));
        }
        List<String> parts = new ArrayList<>();
        boolean forBoth = kind == Kind.BOTH && oneIn(3);
        v6 = kind == Kind.IPV6 || (kind == Kind.BOTH && oneIn(2));
        if (kind == Kind.BOTH && !forBoth) {
            parts.add(v6 ? pick("-6", "--ipv6") : pick("-4", "--ipv4"));
        }
        if (forBoth) {
            return pick("-A ", "-I ") + chain + " -p tcp " + ports() + " " + pick("-j ACCEPT", "-j DROP", "-j REJECT");
        }
        if (oneIn(3)) {
            parts.add(negation() + pick("-s ", "--source ", "--src ") + address());
        }
        if (oneIn(2)) {
            parts.add(negation() + pick("-d ", "--destination ", "--dst ") + address());
        }
        if (oneIn(4)) {
            String side = chain.equals("INPUT") ? "-i" : chain.equals("OUTPUT") ? "-o" : pick("-i", "-o");
            parts.add(negation() + (oneIn(15) ? pick("-i", "-o") : side) + " " + pick("lo", "eth0", "eth+", "tun1"));
        }
        String protocol = pick("tcp", "tcp", "udp", v6 ? "icmpv6" : "icmp", "17", "6", "all", "gre", "99", "TCP");
        boolean withProtocol = !oneIn(4);
        if (withProtocol) {
            parts.add((oneIn(12) ? "! " : "") + pick("-p ", "--protocol ", "--proto ") + protocol);
            String match = protocolMatch(protocol);
            if (!match.isEmpty()) {
                parts.add(match);
            }
        }
        if (oneIn(4)) {
            parts.add(match());
        }
        if (oneIn(3)) {
            parts.add(pick("-m state ", "-m state ! ") + "--state " + states());
        } else if (oneIn(3)) {
            parts.add("-m conntrack " + negation() + "--ctstate " + states());
        }
        if (oneIn(5)) {
            parts.add("-m comment --comment "
                    + pick("plain", "\"two words\"", "\"it's\"", "\"\"", "\"a \\\" b\"", "a=b", "\"\\\\\"", "x-y_9"));
        }
        String target = target(chain);
        if (!target.isEmpty()) {
            // Where the target stands makes no difference, except to its own options.
            parts.add(oneIn(5) ? Math.min(parts.size(), kind == Kind.BOTH ? 1 : 0) : parts.size(), target);
        }
        String counters = oneIn(12) ? "[3:180] " : "";
        return counters + pick("-A ", "-A ", "--append ") + chain + " " + String.join(oneIn(9) ? "  " : " ", parts);
    }

    private String match() {
        String hops = v6 ? "hl" : "ttl";
        switch (rng.nextInt(24)) {
            case 20:
                return "-m time "
                        + pick(
                                "--timestart 8:00 --timestop 18:30",
                                "--timestart 22:00 --timestop 6:00 --contiguous",
                                "--weekdays Mo,Fr,7",
                                "! --weekdays Sa,Su",
                                "--monthdays 1,31",
                                "--datestart 2024-02-29 --datestop 2030",
                                "--timestart 25:00",
                                "--weekdays Xy",
                                "--contiguous --kerneltz");
            case 21:
                return "-m recent "
                        + pick(
                                "--set",
                                "! --set --name b",
                                "--rcheck --seconds 60 --hitcount 4",
                                "--update --seconds 9 --reap --rttl --rdest",
                                "! --remove --name c_d --rsource",
                                "--set --rcheck",
                                "--rcheck --reap",
                                "--update --hitcount 70000");
            case 22:
                return "-m connlimit "
                        + pick("--connlimit-upto ", "--connlimit-above ", "! --connlimit-above ")
                        + pick("0", "10", "0x10", "x")
                        + pick("", "", " --connlimit-mask 24", " --connlimit-daddr", " --connlimit-saddr");
            case 23:
                // A name for each set of settings: the first would decide.
                return "-m hashlimit "
                        + pick(
                                "--hashlimit-upto 5/sec --hashlimit-name h1",
                                "--hashlimit-above 90/minute --hashlimit-burst 9 --hashlimit-mode srcip --hashlimit-name h2",
                                "--hashlimit 7 --hashlimit-mode dstip,srcport --hashlimit-name h3",
                                "--hashlimit-upto 512kb/s --hashlimit-burst 1mb --hashlimit-name h4",
                                "--hashlimit-upto 3/hour --hashlimit-mode srcip --hashlimit-srcmask 24 --hashlimit-name h5",
                                "--hashlimit-upto 5/sec",
                                "--hashlimit-name h6",
                                "--hashlimit-upto 5/sec --hashlimit-mode port --hashlimit-name h7",
                                "--hashlimit-upto 8/sec --hashlimit-rate-match --hashlimit-name h8",
                                "--hashlimit-upto 9/sec --hashlimit-htable-expire 500 --hashlimit-name h9");
            case 14:
                return "-m statistic "
                        + pick(
                                "--mode random --probability 0.25",
                                "--mode random ! --probability 0.1",
                                "--mode random --probability 2",
                                "--mode nth --every 7 --packet 6",
                                "--mode nth ! --every 0x7 --packet 0",
                                "--mode nth --every 7 --packet 7");
            case 15:
                return "-m string --algo " + pick("bm ", "kmp ", "fsm ") + negation()
                        + pick(
                                "--string plain",
                                "--string \"two words\"",
                                "--string \"a\\\"b\"",
                                "--hex-string \"|00 ff|x\"",
                                "--hex-string \"|4142|\"",
                                "--hex-string \"|4|\"")
                        + pick("", "", " --from 20", " --to 100", " --icase", " --from 70000");
            case 16:
                return "-m u32 " + negation() + "--u32 "
                        + pick(
                                "\"6 & 0xFF = 6\"",
                                "\"0>>22&0x3C@12>>26&0x3C@0=0x52:0x99,5\"",
                                "4=1&&8=2",
                                "4=",
                                "\"4 + 4 = 1\"");
            case 17:
                return "-m ecn " + negation() + "--ecn-ip-ect " + pick("0", "3", "4");
            case 18:
                return "-p tcp -m tcpmss " + negation() + "--mss " + pick("1460", "100:200", ":500", "7:6");
            case 11:
                return "-m connmark " + negation() + "--mark " + pick("1", "0x10/0xf0", "017", "1/");
            case 12:
                return "-m connbytes " + negation() + "--connbytes " + pick("1000", "1:5", "10:", "0x10:99", "9:1")
                        + " --connbytes-mode " + pick("packets", "bytes", "avgpkt", "sums")
                        + " --connbytes-dir " + pick("original", "reply", "both");
            case 13:
                return "-m conntrack " + negation()
                        + pick(
                                "--ctproto udp",
                                "--ctorigsrc 10.0.0.1",
                                "--ctrepldst 10.1.0.0/16",
                                "--ctorigdstport 80:90",
                                "--ctstatus assured,SEEN_REPLY",
                                "--ctexpire 10:",
                                "--ctdir REPLY",
                                "--ctstate SNAT,NEW")
                        + pick("", " --ctreplsrcport 7", " --ctstatus CONFIRMED");
            case 9:
                return "-m addrtype " + negation()
                        + pick("--src-type ", "--dst-type ")
                        + pick("LOCAL", "unicast,local", "BROADCAST", "MULTI", "nosuch")
                        + pick("", "", " --limit-iface-in", " --limit-iface-out");
            case 10:
                return "-m mac " + negation() + "--mac-source "
                        + pick("00:11:22:aa:BB:cc", "0:1:2:3:4:5", "00:11:22:33:44", "00-11-22-33-44-55");
            case 8:
                return "-m owner " + negation()
                        + pick("--uid-owner ", "--gid-owner ")
                        + pick("0", "root", "5-9", "9-5", "0x10", "4294967295")
                        + pick("", " --suppl-groups", " --socket-exists");
            case 7:
                return "-m limit " + pick("", "--limit 5/s", "--limit 90/minute", "--limit 1/hour", "--limit 9/x")
                        + pick("", " --limit-burst 1", " --limit-burst 33");
            case 0:
                return "-m multiport " + negation()
                        + pick("--dports ", "--sports ", "--ports ", "--destination-ports ")
                        + pick("80,443", "domain", "1:1024,8080,https", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "9,");
            case 1:
                return "-m iprange " + negation() + pick("--src-range ", "--dst-range ")
                        + (v6
                                ? pick("2001:db8::1-2001:db8::9", "fe80::1", "::-ffff::", "2001:db8::1-10.0.0.1")
                                : pick("10.0.0.1-10.0.0.9", "192.0.2.1", "10.0.0.1-10.0.0.300", "0.0.0.0-9.9.9.9"));
            case 2:
                return "-m length " + negation() + "--length " + pick("40", "64:1500", ":576", "1400:", "65536", "x");
            case 3:
                return "-m " + hops + " " + negation() + "--" + hops + pick("-eq ", "-lt ", "-gt ", v6 ? "-eq " : " ")
                        + pick("0", "64", "255", "256");
            case 4:
                return "-m mark " + negation() + "--mark " + pick("1", "0x10/0xf0", "017", "0xffffffff", "1/", "-1");
            case 5:
                return "-m dscp " + negation()
                        + pick("--dscp 0x2e", "--dscp 0", "--dscp 63", "--dscp-class EF", "--dscp-class af23");
            case 6:
                return "-m tos " + negation() + "--tos " + pick("0x10", "0x10/0x1e", "Normal-Service", "8", "0x1ff");
            default:
                return "-m pkttype " + negation() + "--pkt-type " + pick("unicast", "Broadcast", "mcast", "all");
        }
    }

    private String protocolMatch(String protocol) {
        boolean named = oneIn(2);
        switch (protocol) {
            case "tcp":
            case "TCP":
            case "6":
                return (named ? "-m tcp " : "") + (oneIn(4) ? tcpFlags() : ports());
            case "udp":
            case "17":
                return (named ? "-m udp " : "") + ports();
            case "icmp":
                return (named ? "-m icmp " : "") + negation() + "--icmp-type "
                        + pick("8", "3/1", "echo-request", "any", "host-unreach", "ping", "0/0", "ttl-z", "256");
            case "icmpv6":
                return (named ? pick("-m icmp6 ", "-m icmpv6 ", "-m ipv6-icmp ") : "")
                        + negation()
                        + "--icmpv6-type "
                        + pick("128", "1/1", "echo-request", "addr", "neighb", "ping", "1/0", "ttl-exceeded", "256");
            default:
                return "";
        }
    }

    private String ports() {
        String text = negation() + pick("--dport ", "--destination-port ", "--dpo ") + port();
        return oneIn(4) ? text + " " + negation() + "--sport " + port() : text;
    }

    private String port() {
        return pick(
                "80",
                "443",
                "https",
                "domain",
                "1024:65535",
                ":1023",
                "8000:",
                "22:22",
                "0",
                "65535",
                "ssh:http",
                oneIn(8) ? "70001x" : "53",
                oneIn(8) ? "90:8x" : "5432",
                oneIn(8) ? "nosuch" : "smtp");
    }

    private String tcpFlags() {
        return negation()
                + pick(
                        "--syn",
                        "--tcp-flags SYN,ACK SYN",
                        "--tcp-flags ALL FIN,urg,PSH",
                        "--tcp-flags ALL NONE",
                        "--tcp-flags syn,rst rst");
    }

    private String address() {
        if (v6) {
            return pick(
                    "2001:db8::53",
                    "2001:db8:1:2:3:4:5:6/8",
                    "fe80::/10",
                    "2001:db8::/ffff:ffff::",
                    "2001:db8::1/ffff::ffff",
                    "fd00::7/128",
                    "2001:db8::1,2001:db8::2",
                    "::1",
                    oneIn(10) ? "2001:db8::1/129" : "2000::/3",
                    oneIn(10) ? "10.0.0.1" : "ff02::1/16");
        }
        return pick(
                "10.0.0.53",
                "10.1.2.3/8",
                "192.0.2.0/24",
                "172.16.0.0/255.240.0.0",
                "10.0.0.1/255.0.255.0",
                "203.0.113.7/32",
                "10.0.0.1,10.0.0.2",
                "192.0.2.1/31",
                oneIn(10) ? "10.0.0.1/33" : "169.254.169.254",
                oneIn(10) ? "10.0.0.1/24/3" : "127.0.0.0/8");
    }

    private String states() {
        return pick(
                "NEW",
                "ESTABLISHED,RELATED",
                "new,established",
                "INVALID",
                "RELATED,NEW,ESTABLISHED,INVALID",
                "UNTRACKED",
                oneIn(6) ? "OPEN" : "NEW");
    }

    private String target(String from) {
        String jump = pick("-j ", "-j ", "--jump ");
        // Only onward, so that there are no circles: Atoll refuses those too that iptables does not find.
        int first = userChains.indexOf(from) + 1;
        if (first < userChains.size() && oneIn(4)) {
            return (oneIn(3) ? "-g " : jump) + userChains.get(first + rng.nextInt(userChains.size() - first));
        }
        switch (rng.nextInt(15)) {
            case 0:
                return "";
            case 9:
                return jump + log();
            case 10:
                return jump + "NFLOG "
                        + pick("", "--nflog-group 7 ", "--nflog-group 0x10 ", "--nflog-group 70000 ")
                        + pick("", "--nflog-prefix x ", "--nflog-prefix \"a 'b\" ", "--nflog-prefix \"\" ")
                        + pick("", "--nflog-size 0 ", "--nflog-size 80 ", "--nflog-range 5 ", "--nflog-range 0 ")
                        + pick("", "", "--nflog-threshold 1", "--nflog-threshold 0", "--nflog-size 9");
            case 11:
                return jump + "AUDIT" + pick("", " --type drop", " --type REJECT", " --type Accept", " --type rej");
            case 1:
            case 2:
                return jump + "DROP";
            case 3:
                return jump + "RETURN";
            case 4:
            case 5:
                return jump + "REJECT";
            case 6:
                return jump + "REJECT --reject-with "
                        + (v6
                                ? pick("icmp6-no-route", "tcp-reset", "adm-prohib", "reject-route", "admin-prohib")
                                : pick("icmp-host-unreachable", "tcp-reset", "admin-prohib", "icmp-net-prohib", "no"));
            case 7:
                return oneIn(4) ? jump + "NOWHERE" : jump + "ACCEPT";
            case 8:
                return jump + "MARK "
                        + pick(
                                "--set-mark 1",
                                "--set-xmark 0x10/0xff",
                                "--or-mark 3",
                                "--and-mark 0xf",
                                "--xor-mark 7");
            default:
                return jump + "ACCEPT";
        }
    }

    private String log() {
        return "LOG "
                + pick("", "--log-level 4 ", "--log-level debug ", "--log-level panic ", "--log-level 0x3 ")
                + pick("", "", "", "--log-level warn ", "--log-level 8 ", "--log-le info ")
                + pick("", "--log-prefix \"denied: \" ", "--log-prefix a'b ", "--log-prefix \"\" ")
                + pick("", "--log-tcp-sequence ", "--log-tcp-options --log-ip-options ", "--log-macdecode ")
                + pick("", "--log-uid", "--log-ip-options");
    }

    private String negation() {
        return oneIn(6) ? "! " : "";
    }

    private boolean oneIn(int n) {
        return rng.nextInt(n) == 0;
    }

    private String pick(String... choices) {
        return choices[rng.nextInt(choices.length)];
    }
}
