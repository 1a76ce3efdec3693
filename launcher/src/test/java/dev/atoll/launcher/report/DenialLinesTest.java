package dev.atoll.launcher.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.PolicyFile;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the terminal says of denials. */
class DenialLinesTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final List<String> lines = new ArrayList<>();

    @TempDir
    Path directory;

    private static FullAddress end(String address, int port) {
        return new FullAddress(IpAddress.parse(address), port);
    }

    private static Denial out(String rule, int protocol, String to, int port) {
        FullAddress from = end(to.contains(":") ? "fd00::2" : "10.66.0.2", 40000);
        return new Denial(rule, "a packet", "", new DeniedPacket(true, true, protocol, from, end(to, port)));
    }

    private static Denial in(String rule, String from, int port) {
        return new Denial(
                rule, "a packet", "", new DeniedPacket(false, true, TCP, end(from, 40000), end("10.66.0.2", port)));
    }

    private RuleSet policy(String name, String... text) throws Exception {
        Path file = directory.resolve(name);
        Files.write(file, List.of(text));
        return PolicyFile.load(List.of(file), List.of());
    }

    /** The advice for one denial by the line of a file, without the directory's name; empty for none. */
    private String advice(RuleSet rules, Denial denial) {
        lines.clear();
        new DenialLines(lines::add, rules, false).denied(denial);
        return lines.size() < 2 ? "" : lines.get(1).replace(directory + "/", "");
    }

    private String rule(String place) {
        return directory + "/" + place;
    }

    @Test
    void eachRuleAndDestination_isToldOnce_thenCounted() {
        DenialLines told = new DenialLines(lines::add, null, false);
        told.denied(out("a:1: x", TCP, "192.0.2.7", 443));
        told.denied(out("a:1: x", TCP, "192.0.2.7", 80));
        told.denied(out("a:2: y", TCP, "192.0.2.7", 443));
        told.denied(out("a:1: x", UDP, "192.0.2.7", 443));
        for (int i = 0; i < 5; i++) {
            told.denied(out("a:1: x", TCP, "192.0.2.7", 443));
        }
        told.denied(out("a:2: y", TCP, "192.0.2.7", 443));
        assertEquals(4, lines.size(), lines::toString);
        assertEquals("denied a packet: a:1: x", lines.get(0));
        told.tellCount();
        assertEquals("denied 6 more: 5 by a:1: x, 1 by a:2: y", lines.get(4));
        told.tellCount();
        assertEquals(5, lines.size(), "nothing new is nothing said");
        told.denied(out("a:2: y", TCP, "192.0.2.7", 443));
        told.ended(new Outcome(Outcome.Kind.EXITED, 0, "", 0));
        assertEquals("denied 1 more: 1 by a:2: y", lines.get(5), "the end says the rest");
    }

    @Test
    void ofAnotherJvm_saysWhich_andTheSameOfAThirdIsCounted() {
        DenialLines told = new DenialLines(lines::add, null, false);
        told.denied(out("a:1: x", TCP, "192.0.2.7", 443), 1234);
        told.denied(out("a:1: x", TCP, "192.0.2.7", 443), 1235);
        told.denied(out("a:1: x", TCP, "192.0.2.7", 80));
        told.tellCount();
        assertEquals(
                List.of("denied a packet (JVM 1234): a:1: x", "denied a packet: a:1: x", "denied 1 more: 1 by a:1: x"),
                lines);
    }

    @Test
    void incoming_isToldOnceForEachPort_notForEachStranger() {
        DenialLines told = new DenialLines(lines::add, null, false);
        told.denied(in("a:1: x", "198.51.100.1", 8080));
        told.denied(in("a:1: x", "198.51.100.2", 8080));
        told.denied(in("a:1: x", "198.51.100.2", 8081));
        assertEquals(2, lines.size(), lines::toString);
    }

    @Test
    void flood_isBounded_andSaysSo() {
        DenialLines told = new DenialLines(lines::add, null, false);
        for (int i = 0; i < 3 * DenialLines.MAX_TOLD; i++) {
            told.denied(out("a:" + i + ": x", TCP, "192.0.2.7", 443));
        }
        assertEquals(DenialLines.MAX_TOLD + 1, lines.size());
        assertEquals(
                "denied 1000 different things: from here on they are only counted", lines.get(DenialLines.MAX_TOLD));
        told.tellCount();
        String count = lines.get(DenialLines.MAX_TOLD + 1);
        assertTrue(count.startsWith("denied 2000 more: "), count);
        assertTrue(count.endsWith(", 1997 by other rules"), count);
        told.counted(new Counters(List.of(new Counter(Counter.UNTOLD_DENIALS, 7))));
        assertEquals("denied 7 more, too fast to be told one by one", lines.get(DenialLines.MAX_TOLD + 2));
    }

    @Test
    void textFromInside_isOneLine() {
        new DenialLines(lines::add, null, false).denied(new Denial("a\nb", "c\u001b[2J", ""));
        assertEquals(List.of("denied c?[2J: a?b"), lines);
    }

    @Test
    void advice_isTheRuleForTheChainAndPlace() throws Exception {
        RuleSet rules = policy(
                "egress.rules",
                "*filter",
                ":INPUT DROP",
                ":EGRESS -",
                "-A OUTPUT -j EGRESS",
                "-A EGRESS -d 10.0.0.0/8 -j REJECT",
                "COMMIT");
        String reject = rule("egress.rules:5: -A EGRESS -d 10.0.0.0/8 -j REJECT");
        assertEquals(
                "  to allow it, before egress.rules:5: -A EGRESS -d 10.1.2.3 -p tcp --dport 443 -j ACCEPT",
                advice(rules, out(reject, TCP, "10.1.2.3", 443)));
        assertEquals(
                "  to allow it, before egress.rules:5: -A EGRESS -d 10.1.2.3 -p icmp -j ACCEPT",
                advice(rules, out(reject, 1, "10.1.2.3", 0)));
        assertEquals(
                "  to allow it, before egress.rules:5: -A EGRESS -d 10.1.2.3 -p 47 -j ACCEPT",
                advice(rules, out(reject, 47, "10.1.2.3", 0)));
        assertEquals(
                "  to allow it, behind the rules of INPUT in egress.rules: -A INPUT -s 198.51.100.7 -p tcp --dport 8080"
                        + " -j ACCEPT",
                advice(rules, in(rule("egress.rules:2: :INPUT DROP"), "198.51.100.7", 8080)));
    }

    /** A rule for the address and port of an answer would be one for a port of the moment. */
    @Test
    void advice_forAnAnswer_isTheStateOfAnswers() throws Exception {
        RuleSet rules = policy("a.rules", "*filter", ":INPUT DROP", "COMMIT");
        DeniedPacket answer = new DeniedPacket(false, false, TCP, end("192.0.2.7", 443), end("10.66.0.2", 40000));
        assertEquals(
                "  to allow it, behind the rules of INPUT in a.rules: -A INPUT -m conntrack --ctstate"
                        + " RELATED,ESTABLISHED -j ACCEPT",
                advice(rules, new Denial(rule("a.rules:2: :INPUT DROP"), "a packet", "", answer)));
    }

    /** What it says allows what it is about: put where it says, the policy lets it through. */
    @Test
    void advice_isReadByThePolicyReader() throws Exception {
        RuleSet rules = policy("egress.rules", "*filter", "-A OUTPUT -j REJECT", "COMMIT");
        String advice = advice(rules, out(rule("egress.rules:2: -A OUTPUT -j REJECT"), UDP, "192.0.2.7", 53));
        String line = advice.substring(advice.indexOf("-A"));
        RuleSet again = policy("again.rules", "*filter", line, "-A OUTPUT -j REJECT", "COMMIT");
        assertEquals(
                1,
                again.tables().get(0).chains().get(2).rules().get(0).matchers().stream()
                        .filter(matcher -> matcher.toString().contains("53"))
                        .count());
    }

    @Test
    void advice_namesTheFamily_whereLinesAreForBoth_andTheCommandInAScript() throws Exception {
        RuleSet both =
                policy("both.rules", "*filter", "-4 -A OUTPUT -d 10.0.0.1 -j DROP", "-A OUTPUT -j REJECT", "COMMIT");
        String reject = rule("both.rules:3: -A OUTPUT -j REJECT");
        assertEquals(
                "  to allow it, before both.rules:3: -6 -A OUTPUT -d 2001:db8::7 -p tcp --dport 443 -j ACCEPT",
                advice(both, out(reject, TCP, "2001:db8::7", 443)));
        assertEquals(
                "  to allow it, before both.rules:3: -4 -A OUTPUT -d 192.0.2.7 -p tcp --dport 443 -j ACCEPT",
                advice(both, out(reject, TCP, "192.0.2.7", 443)));
        RuleSet script = policy("rules.sh", "#!/bin/sh", "iptables -A OUTPUT -j REJECT");
        assertEquals(
                "  to allow it, before rules.sh:2: iptables -A OUTPUT -d 192.0.2.7 -p tcp --dport 443 -j ACCEPT",
                advice(script, out(rule("rules.sh:2: iptables -A OUTPUT -j REJECT"), TCP, "192.0.2.7", 443)));
    }

    @Test
    void advice_forHocon_isAHoconRule() throws Exception {
        RuleSet rules = policy(
                "egress.conf",
                "atoll { egress {",
                "default = reject",
                "rules = [ { name = meta, to = 169.254.169.254, action = drop } ] } }");
        Chain output = Objects.requireNonNull(rules.tables().get(0).chain("OUTPUT"));
        String meta = output.rules().get(2).origin().toString();
        assertEquals(
                "  to allow it, in egress.rules before egress.conf:3: { to = 169.254.169.254, port = 80, action = allow }",
                advice(rules, out(meta, TCP, "169.254.169.254", 80)));
        String byDefault = rule("egress.conf:2: egress.default = reject");
        assertEquals(
                "  to allow it, in egress.rules: { to = 192.0.2.7, port = 53, proto = udp, action = allow }",
                advice(rules, out(byDefault, UDP, "192.0.2.7", 53)));
        assertEquals(
                "  to allow it, in egress.rules: { to = \"2001:db8::7\", port = 443, action = allow }",
                advice(rules, out(byDefault, TCP, "2001:db8::7", 443)));
    }

    @Test
    void advice_isLeftOut_whereNoRuleSaidSo() throws Exception {
        RuleSet rules = policy("egress.rules", "*filter", "-A OUTPUT -j REJECT", "COMMIT");
        assertEquals("", advice(rules, out("connection table full", TCP, "192.0.2.7", 443)));
        assertEquals("", advice(rules, new Denial(rule("egress.rules:2: -A OUTPUT -j REJECT"), "a name", "")));
        assertEquals(
                "",
                advice(
                        rules,
                        out(
                                rule("egress.rules:1: no IPv6 policy given (egress.rules has only IPv4 rules)"),
                                TCP,
                                "2001:db8::7",
                                443)));
    }

    @Test
    void audit_isWhatWouldBe_butForAFullTable() {
        DenialLines told = new DenialLines(lines::add, null, true);
        told.denied(new Denial("a.rules:1: -j DROP", "tcp a -> b", ""));
        told.denied(new Denial(Denial.TABLE_FULL, "tcp a -> c", ""));
        told.denied(new Denial("a.rules:1: -j DROP", "tcp a -> b", ""));
        told.tellCount();
        assertEquals(
                List.of(
                        "would deny tcp a -> b: a.rules:1: -j DROP",
                        "denied tcp a -> c: connection table full",
                        "would deny 1 more: 1 by a.rules:1: -j DROP"),
                lines);
    }

    @Test
    void codeThatOpenedIt_isNamed() {
        DenialLines told = new DenialLines(lines::add, null, false);
        told.denied(new Denial("a.rules:1: -j DROP", "tcp a -> b", "org.acme.Client.open(Client.java:7)"));
        assertEquals(
                List.of("denied tcp a -> b: a.rules:1: -j DROP", "  opened by org.acme.Client.open(Client.java:7)"),
                lines);
    }
}
