package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes learned rules as a policy, each with a comment on what it covers. */
public final class PolicyWriter {
    /** The forms of policies. */
    public enum Form {
        HOCON,
        IPTABLES;

        /** As users write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Names and networks that a comment has room for. */
    private static final int MAX_NAMED = 5;

    /** Of a word in iptables' form. */
    private static final int MAX_WORD = 1023;

    /** In one rule: more are hard to read, and a matcher has at most {@link NameMatcher#MAX_NAMES} names. */
    private static final int MAX_PEERS = 20;

    private static final long KILO = 1000;
    private static final String UNITS = "kMGTPE";

    private final StringBuilder text = new StringBuilder();
    private final Learned learned;

    private PolicyWriter(Learned learned) {
        this.learned = learned;
    }

    /** The text of the policy. */
    public static String write(Learned learned, Form form) {
        PolicyWriter writer = new PolicyWriter(learned);
        writer.heading();
        if (form == Form.HOCON) {
            writer.hocon();
        } else {
            writer.iptables();
        }
        return writer.text.toString();
    }

    private void heading() {
        line(
                "",
                "# What " + count(learned.logs(), "flow log") + " with " + count(learned.flows(), "record")
                        + " saw, found by \"policy learn\".");
        if (learned.local() > 0) {
            line("", "# " + count(learned.local(), "record") + " of connections to localhost: always allowed.");
        }
        if (learned.denied() > 0) {
            line(
                    "",
                    "# " + count(learned.denied(), "record") + " of what a rule had denied"
                            + (learned.withDenied() ? "; allowed here." : ": left out, unless --denied takes it in."));
        }
    }

    private void line(String indent, String content) {
        text.append(indent).append(content).append('\n');
    }

    // --- HOCON

    private void hocon() {
        line("", "atoll {");
        section("egress", "reject", true);
        if (learned.rules().stream().anyMatch(rule -> !rule.outgoing())) {
            section("ingress", "drop", false);
        }
        line("", "}");
    }

    private void section(String name, String otherwise, boolean outgoing) {
        line("  ", name + " {");
        line("    ", "default = " + otherwise);
        line("    ", "rules = [");
        for (LearnedRule rule : learned.rules()) {
            if (rule.outgoing() == outgoing) {
                comment("      ", rule);
                for (List<LearnedPeer> peers : parts(rule.peers().keySet())) {
                    for (List<PortRange> ports : portLists(rule)) {
                        line("      ", "{ " + hoconRule(rule, peers, ports) + " }");
                    }
                }
            }
        }
        line("    ", "]");
        line("  ", "}");
    }

    private static String hoconRule(LearnedRule rule, List<LearnedPeer> peers, List<PortRange> ports) {
        List<String> protocols = new ArrayList<>();
        for (String protocol : rule.protocols()) {
            // One word for both families' ICMP.
            protocols.add(protocol.equals("icmpv6") ? "icmp" : protocol);
        }
        boolean isDefault = protocols.equals(List.of("tcp")) && !ports.isEmpty();
        List<String> keys = new ArrayList<>();
        boolean named = rule.kind() != LearnedPeer.Kind.NETWORK;
        keys.add((named ? "host = " : rule.outgoing() ? "to = " : "from = ")
                + list(peers.stream()
                        .map(PolicyWriter::text)
                        .map(PolicyWriter::quoted)
                        .toList()));
        if (rule.kind() == LearnedPeer.Kind.INTERNAL_HOST) {
            keys.add("allow-private = true");
        }
        if (!isDefault) {
            keys.add("proto = " + list(protocols));
        }
        if (!ports.isEmpty()) {
            keys.add("port = "
                    + list(ports.stream().map(range -> text(range, "-")).toList()));
        }
        keys.add("action = allow");
        return String.join(", ", keys);
    }

    private static String list(List<String> words) {
        return words.size() == 1 ? words.get(0) : "[" + String.join(", ", words) + "]";
    }

    /** A colon or a slash would end an unquoted word of HOCON. */
    private static String quoted(String word) {
        return "\"" + word + "\"";
    }

    // --- iptables

    private void iptables() {
        line("", "*filter");
        line("", ":INPUT DROP [0:0]");
        line("", ":FORWARD DROP [0:0]");
        line("", ":OUTPUT DROP [0:0]");
        line("", "-A INPUT -i lo -j ACCEPT");
        line("", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        line("", "-A OUTPUT -o lo -j ACCEPT");
        line("", "-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        // With a line for each family, even of a log that saw one alone, the file is for both.
        for (LearnedRule rule : learned.rules()) {
            comment("", rule);
            for (String protocol : rule.protocols()) {
                if (rule.kind() != LearnedPeer.Kind.NETWORK) {
                    namedRules(rule, protocol);
                    continue;
                }
                for (boolean v4 : new boolean[] {true, false}) {
                    iptablesRules(rule, protocol, v4);
                }
            }
        }
        line("", "-4 -A OUTPUT -j REJECT --reject-with icmp-port-unreachable");
        line("", "-6 -A OUTPUT -j REJECT --reject-with icmp6-port-unreachable");
        line("", "COMMIT");
    }

    /** Of both families: a name may have addresses of either. */
    private void namedRules(LearnedRule rule, String protocol) {
        String more = rule.kind() == LearnedPeer.Kind.INTERNAL_HOST ? " --allow-private" : "";
        for (List<LearnedPeer> peers : parts(rule.peers().keySet())) {
            for (List<PortRange> ports : portLists(rule)) {
                line(
                        "",
                        "-A OUTPUT -p " + protocol + match(protocol, ports) + " -m fqdn --name " + words(peers) + more
                                + " -j ACCEPT");
            }
        }
    }

    private static String words(List<LearnedPeer> peers) {
        return String.join(",", peers.stream().map(PolicyWriter::text).toList());
    }

    private void iptablesRules(LearnedRule rule, String protocol, boolean v4) {
        List<LearnedPeer> ofFamily = rule.peers().keySet().stream()
                .filter(peer -> ((LearnedPeer.Network) peer).subnet().network().isV4() == v4)
                .toList();
        for (List<LearnedPeer> peers : parts(ofFamily)) {
            String addresses = words(peers);
            for (List<PortRange> ports : portLists(rule)) {
                line(
                        "",
                        (v4 ? "-4" : "-6") + (rule.outgoing() ? " -A OUTPUT -d " : " -A INPUT -s ") + addresses + " -p "
                                + protocol + match(protocol, ports) + " -j ACCEPT");
            }
        }
    }

    private static String match(String protocol, List<PortRange> ports) {
        if (ports.isEmpty()) {
            return "";
        }
        String words =
                String.join(",", ports.stream().map(range -> text(range, ":")).toList());
        return ports.size() == 1 ? " -m " + protocol + " --dport " + words : " -m multiport --dports " + words;
    }

    // --- Both

    private void comment(String indent, LearnedRule rule) {
        line(indent, "# " + count(rule.flows(), "flow") + ", " + size(rule.bytes()));
        List<String> folded = new ArrayList<>();
        for (Map.Entry<LearnedPeer, Integer> peer : rule.peers().entrySet()) {
            if (!isOneAddress(peer.getKey())) {
                folded.add(text(peer.getKey()) + " for " + count(peer.getValue(), "address"));
            }
        }
        if (!folded.isEmpty()) {
            line(indent, "# " + some(folded));
        }
    }

    private static String some(List<String> all) {
        int more = all.size() - MAX_NAMED;
        return more <= 1
                ? String.join(", ", all)
                : String.join(", ", all.subList(0, MAX_NAMED)) + " and " + more + " more";
    }

    private static String count(long number, String what) {
        String plural = what.endsWith("s") ? what + "es" : what + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? what : plural);
    }

    /** In units of 1000, as flow logs of others have it. */
    private static String size(long bytes) {
        if (bytes < KILO) {
            return count(bytes, "byte");
        }
        double value = bytes;
        int unit = -1;
        while (value >= KILO) {
            value /= KILO;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", value, UNITS.charAt(unit));
    }

    private static boolean isOneAddress(LearnedPeer peer) {
        return peer instanceof LearnedPeer.Network network
                && network.subnet().prefixLength() == network.subnet().network().bitLength();
    }

    private static String text(LearnedPeer peer) {
        if (peer instanceof LearnedPeer.Network network) {
            Subnet subnet = network.subnet();
            return isOneAddress(peer) ? subnet.network().toString() : subnet.toString();
        }
        return ((LearnedPeer.Host) peer).name();
    }

    private static String text(PortRange range, String between) {
        return range.first() == range.last() ? "" + range.first() : range.first() + between + range.last();
    }

    private static List<List<LearnedPeer>> parts(Collection<LearnedPeer> peers) {
        List<List<LearnedPeer>> parts = new ArrayList<>();
        List<LearnedPeer> part = new ArrayList<>();
        int used = 0;
        for (LearnedPeer peer : peers) {
            int takes = text(peer).length() + 1;
            if (used + takes > MAX_WORD || part.size() == MAX_PEERS) {
                parts.add(part);
                part = new ArrayList<>();
                used = 0;
            }
            part.add(peer);
            used += takes;
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    /** The ports in as many lists as rules are needed; one that is empty for a protocol without. */
    private static List<List<PortRange>> portLists(LearnedRule rule) {
        List<List<PortRange>> lists = new ArrayList<>();
        lists.add(new ArrayList<>());
        int used = 0;
        for (PortRange range : rule.ports()) {
            int takes = range.first() == range.last() ? 1 : 2;
            if (used + takes > MultiportMatcher.MAX_PORTS) {
                lists.add(new ArrayList<>());
                used = 0;
            }
            lists.get(lists.size() - 1).add(range);
            used += takes;
        }
        return lists;
    }
}
