package dev.atoll.launcher.policy.space;

import dev.atoll.stack.env.Rng;
import java.util.ArrayList;
import java.util.List;

/** Makes policies without mistakes whose rules overlap: the same seed makes the same text. */
public final class RandomRules {
    private static final List<String> USER_CHAINS = List.of("first", "second", "third");

    private final Rng rng;

    private RandomRules(long seed) {
        rng = Rng.seeded(seed);
    }

    public static String make(long seed) {
        return new RandomRules(seed).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        if (oneIn(4)) {
            table(text, "raw", List.of("PREROUTING", "OUTPUT"));
        }
        if (oneIn(3)) {
            table(text, "mangle", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"));
        }
        if (oneIn(3)) {
            table(text, "nat", List.of("PREROUTING", "OUTPUT", "POSTROUTING"));
        }
        table(text, "filter", List.of("INPUT", "OUTPUT"));
        return text.toString();
    }

    private void table(StringBuilder text, String table, List<String> builtIns) {
        text.append('*').append(table).append('\n');
        if (!table.equals("nat")) {
            for (String chain : builtIns) {
                text.append(':').append(chain).append(pick(" ACCEPT", " DROP")).append('\n');
            }
        }
        for (String chain : USER_CHAINS) {
            text.append(':').append(chain).append(" -\n");
        }
        int rules = 3 + rng.nextInt(12);
        for (int i = 0; i < rules; i++) {
            boolean user = oneIn(2);
            String chain = user ? USER_CHAINS.get(rng.nextInt(3)) : builtIns.get(rng.nextInt(builtIns.size()));
            text.append("-A ").append(chain).append(rule(table, chain)).append('\n');
        }
        text.append("COMMIT\n");
    }

    private String rule(String table, String chain) {
        List<String> parts = new ArrayList<>();
        if (oneIn(3)) {
            parts.add(negation() + "-s " + address());
        }
        if (oneIn(2)) {
            parts.add(negation() + "-d " + address());
        }
        // Behind a translation the way out is chosen anew, which a policy does not know.
        boolean outgoing = chain.equals("OUTPUT");
        if (oneIn(4) && (outgoing || chain.equals("INPUT") || chain.equals("PREROUTING"))) {
            parts.add(negation() + (outgoing ? "-o " : "-i ") + pick("lo", "eth0", "eth+", "tun1", "e+"));
        }
        String target = target(table, chain);
        String protocol = pick("tcp", "tcp", "udp", "icmp", "gre");
        boolean ports = target.contains(":8") || target.contains("--to-ports");
        if (ports) {
            parts.add("-p " + pick("tcp", "udp"));
        } else if (!oneIn(4)) {
            parts.add("-p " + protocol + match(protocol));
        } else if (oneIn(4)) {
            parts.add("! -p tcp");
        }
        if (oneIn(6)) {
            parts.add("-m iprange " + negation() + pick("--src-range ", "--dst-range ")
                    + pick("10.0.0.3-10.0.1.7", "10.0.0.0-10.0.0.255", "192.0.2.7-192.0.2.7"));
        }
        // What table raw sees of packets that came over lo is not known beforehand.
        if (oneIn(6) && (!table.equals("raw") || outgoing)) {
            parts.add("-m conntrack " + negation() + "--ctstate " + pick("NEW", "ESTABLISHED", "NEW,RELATED"));
        }
        if (oneIn(6)) {
            parts.add("-m mark " + negation() + "--mark " + pick("0", "1", "2/2", "3"));
        }
        if (oneIn(8)) {
            parts.add("-m comment --comment text");
        }
        return " " + String.join(" ", parts) + " " + target;
    }

    private String match(String protocol) {
        switch (protocol) {
            case "tcp":
            case "udp":
                if (oneIn(3)) {
                    return " -m multiport " + negation() + pick("--dports ", "--sports ", "--ports ")
                            + pick("80,443", "53,1024:2000", "49152");
                }
                if (protocol.equals("tcp") && oneIn(5)) {
                    return " " + negation() + pick("--syn", "--tcp-flags SYN,ACK SYN,ACK");
                }
                return oneIn(4) ? "" : " " + negation() + pick("--dport ", "--dport ", "--sport ") + port();
            case "icmp":
                return oneIn(2) ? "" : " " + negation() + "--icmp-type " + pick("8", "0", "any", "8/0");
            default:
                return "";
        }
    }

    private String target(String table, String chain) {
        int later = USER_CHAINS.indexOf(chain) + 1;
        if (later < USER_CHAINS.size() && oneIn(3)) {
            return pick("-j ", "-j ", "-g ") + USER_CHAINS.get(later + rng.nextInt(USER_CHAINS.size() - later));
        }
        if (oneIn(6)) {
            return pick("", "-j RETURN", "-j MARK --set-mark 1", "-j MARK --or-mark 2", "-j MARK --set-mark 3");
        }
        if (table.equals("nat")) {
            String dnat =
                    pick("-j DNAT --to-destination 10.0.0.5", "-j DNAT --to-destination 192.0.2.7:8080", "-j ACCEPT");
            return switch (chain) {
                case "OUTPUT" -> oneIn(4) ? "-j REDIRECT --to-ports 443" : dnat;
                // What REDIRECT leads to there depends on the interface's addresses.
                case "PREROUTING" -> dnat;
                default -> "-j ACCEPT";
            };
        }
        if (table.equals("filter")) {
            return pick(
                    "-j ACCEPT", "-j ACCEPT", "-j DROP", "-j REJECT", "-j REJECT --reject-with icmp-host-unreachable");
        }
        return pick("-j ACCEPT", "-j DROP");
    }

    public static String address(Rng rng) {
        String[] all = {"10.0.0.5", "10.0.0.3", "10.0.1.7", "10.0.1.8", "192.0.2.7", "192.0.2.8", "127.0.0.1", "9.9.9.9"
        };
        return all[rng.nextInt(all.length)];
    }

    private String address() {
        return pick("10.0.0.0/8", "10.0.0.0/24", "10.0.0.5", "192.0.2.0/29", "192.0.2.7", "127.0.0.0/8", "0.0.0.0/1");
    }

    private String port() {
        return pick("80", "443", "53", "8080", "1:1023", "49152:65535", ":79", "444:");
    }

    private String negation() {
        return oneIn(5) ? "! " : "";
    }

    private boolean oneIn(int n) {
        return rng.nextInt(n) == 0;
    }

    private String pick(String... choices) {
        return choices[rng.nextInt(choices.length)];
    }
}
