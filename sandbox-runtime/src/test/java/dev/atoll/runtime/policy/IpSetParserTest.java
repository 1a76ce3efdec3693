package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.stack.filter.IpSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of sets: what is read, what is refused and how, and what ipset itself makes of the same texts. */
class IpSetParserTest {
    private static final List<String> ORACLE = List.of(
            "create t hash:ip\nadd t 10.0.0.1\nadd t 10.0.1.0/30\nadd t 10.0.2.1-10.0.2.3",
            "create t hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xeb491afd\nadd t 1.2.3.4",
            "create t hash:ip\nadd t 0.0.0.0",
            "create t hash:ip\nadd t 10.0.0.1\nadd t 10.0.0.1",
            "create t hash:ip\nadd t 10.0.0.1\nadd t 10.0.0.0/31",
            "create t hash:ip\nadd t 10.0.0.1/0",
            "create t hash:ip\nadd t 10.0.0.1/33",
            "create t hash:ip maxelem 2\nadd t 10.0.0.0/24",
            "create t hash:ip netmask 24\nadd t 10.0.0.1\nadd t 10.0.1.1",
            "create t hash:ip netmask 24\nadd t 10.0.0.1\nadd t 10.0.0.2",
            "create t hash:ip netmask 24\nadd t 10.0.0.1-10.0.3.255",
            "create t hash:ip netmask 0",
            "create t hash:ip netmask 33",
            "create t hash:ip maxelem 0\nadd t 10.0.0.1",
            "create t hash:ip\nadd t 10.0.0.1,10.0.0.2",
            "create t hash:ip\nadd t 10.0.0.1 nomatch",
            "create t hash:ip\nadd t 10.0.0.1 packets",
            "create t hash:ip counters comment\nadd t 10.0.0.1 packets 5 bytes 10 comment \"a b\"",
            "create t hash:ip timeout 0\nadd t 10.0.0.1 timeout 0",
            "create t hash:ip family inet6\nadd t 2001:db8::1\nadd t ::1/128",
            "create t hash:ip family inet6\nadd t 2001:db8::/64",
            "create t hash:ip family inet6\nadd t 10.0.0.1",
            "create t hash:ip family inet6 netmask 64\nadd t 2001:db8::1\nadd t 2001:db8:0:1::1",
            "create t hash:ip family inet6 netmask 64\nadd t 2001:db8::1\nadd t 2001:db8::2",
            "create t hash:net\nadd t 10.0.0.0/8\nadd t 10.1.0.0/16 nomatch\nadd t 192.0.2.0-192.0.2.130",
            "create t hash:net\nadd t 10.0.0.5/8\nadd t 10.0.0.6/8",
            "create t hash:net\nadd t 10.0.0.1-10.0.3.254\nadd t 1.2.3.4",
            "create t hash:net\nadd t 0.0.0.0/1\nadd t 128.0.0.0/1",
            "create t hash:net\nadd t 0.0.0.0/0",
            "create t hash:net\nadd t 10.0.0.1/255.0.0.0",
            "create t hash:net family inet6\nadd t 2001:db8::/32\nadd t 2001:db8::1",
            "create t hash:net family inet6\nadd t ::/0",
            "create t hash:net family inet6\nadd t 2001:db8::1-2001:db8::2",
            "create t hash:ip,port\nadd t 10.0.0.1,80\nadd t 10.0.0.1,udp:53-55\nadd t 10.0.0.0/30,tcp:443",
            "create t hash:ip,port\nadd t 10.0.0.1,icmp:echo-request\nadd t 10.0.0.1,icmp:3/1\nadd t 10.0.0.1,gre:0",
            "create t hash:ip,port\nadd t 10.0.0.1,tcp:http\nadd t 10.0.0.1,sctp:9\nadd t 10.0.0.1,udplite:0-3",
            "create t hash:ip,port\nadd t 10.0.0.1,gre:5",
            "create t hash:ip,port\nadd t 10.0.0.1,99:5",
            "create t hash:ip,port\nadd t 10.0.0.1,dccp:5",
            "create t hash:ip,port\nadd t 10.0.0.1",
            "create t hash:ip,port\nadd t 10.0.0.1,icmp:300",
            "create t hash:ip,port\nadd t 10.0.0.1,icmpv6:128/0",
            "create t hash:ip,port family inet6\nadd t 2001:db8::1,icmpv6:echo-request\nadd t 2001:db8::1,tcp:80-81",
            "create t hash:ip,port family inet6\nadd t 2001:db8::1,icmp:8/0",
            "create t iphash\nadd t 10.0.0.1",
            "create t nethash\nadd t 10.0.0.0/8",
            "create t ipporthash\nadd t 10.0.0.1,80",
            "create a hash:ip\ncreate n hash:net family inet6\ncreate t list:set size 8\nadd t a\nadd t n\nadd a 1.1.1.1",
            "create a hash:ip\ncreate t list:set\nadd t a\nadd t a",
            "create t list:set\nadd t t",
            "create t list:set\nadd t nosuch",
            "create t list:set family inet",
            "create t hash:ip size 8",
            "create t hash:ip range 10.0.0.0/8",
            "create t hash:ip\ncreate t hash:ip",
            "add t 10.0.0.1",
            "create t hash:ip forceadd\n-A t 10.0.0.1\n# comment\n\nadd t 10.0.0.2",
            "  create t hash:ip\n\tadd t 10.0.0.1  ",
            "create aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa hash:ip",
            "create aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa hash:ip",
            "create t");

    @TempDir
    Path directory = Path.of(".");

    private static IpSetParser.Result parse(String text) {
        return IpSetParser.parse(List.of(new PolicyText("sets.ipset", text)));
    }

    private static void says(String text, String... expected) {
        String errors = parse(text).errors().stream().map(PolicyError::toString).collect(Collectors.joining("\n"));
        assertEquals(String.join("\n", expected), errors);
    }

    @Test
    void savedSets_areReadWithTheirElements() {
        Map<String, IpSet> sets = parse("""
                        create blocked hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x87016135
                        add blocked 192.0.2.0/25
                        add blocked 10.1.0.0/16 nomatch
                        create hosts hash:ip family inet6 hashsize 1024 maxelem 65536
                        create all list:set size 8
                        add all blocked
                        add all hosts
                        add hosts 2001:db8::1
                        """).sets();
        assertEquals(List.of("blocked", "hosts", "all"), List.copyOf(sets.keySet()));
        assertEquals(
                "[IpSet[blocked, hash:net, 2 elements], IpSet[hosts, hash:ip, 1 elements],"
                        + " IpSet[all, list:set, 2 elements]]",
                sets.values().toString());
    }

    @Test
    void mistakes_areToldWithTheirPlace() {
        says(
                "create good hash:ip\nadd god 10.0.0.1\nadd good 10.0.0.300",
                "sets.ipset:2:5: there is no set \"god\" so far, expected a create line before",
                "    add god 10.0.0.1",
                "        ^~~",
                "    did you mean good?",
                "sets.ipset:3:10: \"10.0.0.300\" is no IPv4 address; names are not looked up in sets",
                "    add good 10.0.0.300",
                "             ^~~~~~~~~~");
        says(
                "create t hash:ip timeout 300",
                "sets.ipset:1:26: elements that time out are not supported, only timeout 0",
                "    create t hash:ip timeout 300",
                "                             ^~~");
        says(
                "create t bitmap:port range 1-5",
                "sets.ipset:1:10: sets of type bitmap:port are not supported",
                "    create t bitmap:port range 1-5",
                "             ^~~~~~~~~~~");
        says(
                "create t hash:pi",
                "sets.ipset:1:10: unknown type of set \"hash:pi\", expected hash:ip or hash:net or hash:ip,port or"
                        + " list:set",
                "    create t hash:pi",
                "             ^~~~~~~",
                "    did you mean hash:ip?");
        says(
                "create t hash:ip\ndel t 10.0.0.1",
                "sets.ipset:2:1: \"del\" is not supported: a file has the sets as they are to be",
                "    del t 10.0.0.1",
                "    ^~~");
        says(
                "create t hash:ip\nadd t 10.0.0.9-10.0.0.1",
                "sets.ipset:2:7: the range begins behind its end, expected FIRST-LAST",
                "    add t 10.0.0.9-10.0.0.1",
                "          ^~~~~~~~~~~~~~~~~",
                "    did you mean 10.0.0.1-10.0.0.9?");
    }

    private static String policy(String... rules) {
        PolicyText text = new PolicyText("egress.rules", "*filter\n" + String.join("\n", rules) + "\nCOMMIT\n");
        Map<String, IpSet> sets = parse("""
                        create hosts hash:ip
                        create ports hash:ip,port
                        create nets6 hash:net family inet6
                        """).sets();
        PolicyResult result = PolicyParser.parse(List.of(text), sets, HostResolver.NONE);
        return result instanceof PolicyResult.Accepted accepted
                ? PolicyPrinter.print(accepted.ruleSet())
                : result.toString();
    }

    @Test
    void rules_askForSetsThatAreThere() {
        assertTrue(policy("-A OUTPUT -m set --match-set hosts dst -j DROP")
                .contains("-A OUTPUT -m set --match-set hosts dst -j DROP\n"));
        assertEquals("""
                egress.rules:2:30: no file given with --ipset has a set "host"
                    -A OUTPUT -m set --match-set host dst -j DROP
                                                 ^~~~
                    did you mean hosts?
                """, policy("-A OUTPUT -m set --match-set host dst -j DROP"));
        assertEquals("""
                egress.rules:2:36: set "ports" is of type hash:ip,port, which wants 2 of src and dst, as dst,dst
                    -A OUTPUT -m set --match-set ports dst -j DROP
                                                       ^~~
                """, policy("-A OUTPUT -m set --match-set ports dst -j DROP"));
        assertEquals("""
                egress.rules:2:30: set "nets6" is of IPv6, which no packet here is in
                    -A OUTPUT -m set --match-set nets6 dst -j DROP
                                                 ^~~~~
                """, policy("-A OUTPUT -m set --match-set nets6 dst -j DROP"));
        assertEquals("""
                egress.rules:2:40: --packets-gt is not supported yet
                    -A OUTPUT -m set --match-set hosts dst --packets-gt 5 -j DROP
                                                           ^~~~~~~~~~~~
                """, policy("-A OUTPUT -m set --match-set hosts dst --packets-gt 5 -j DROP"));
    }

    /** What ipset says of each text: how many elements the set {@code t} has, or that it refuses it. */
    @Test
    void chosenTexts_areJudgedAlikeByIpset() throws IOException, InterruptedException {
        for (int i = 0; i < ORACLE.size(); i++) {
            Files.writeString(directory.resolve(i + ".ipset"), ORACLE.get(i) + "\n");
        }
        // A namespace for each text: sets that lists had may not be gone at once.
        String script = "ipset list -n >/dev/null 2>&1 || { echo none; exit; }; i=0;"
                + " while [ $i -lt " + ORACLE.size() + " ]; do"
                + " if unshare -n sh -c \"ipset restore <$i.ipset && ipset save >$i.out\" 2>/dev/null;"
                + " then grep -c '^add t ' $i.out; else echo refused; fi; i=$((i+1)); done";
        Process shell = new ProcessBuilder("unshare", "-n", "sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said;
        try (InputStream in = shell.getInputStream()) {
            said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int code = shell.waitFor();
        assumeTrue(
                code == 0 && !said.startsWith("none"),
                "ipset in a network namespace is needed as the oracle (root, package ipset, CONFIG_IP_SET): " + said);
        StringBuilder differences = new StringBuilder();
        String[] answers = said.split("\n", -1);
        assertEquals(ORACLE.size() + 1, answers.length, said);
        for (int i = 0; i < ORACLE.size(); i++) {
            IpSetParser.Result result = parse(ORACLE.get(i));
            IpSet set = result.sets().get("t");
            String ours = !result.errors().isEmpty() ? "refused" : set == null ? "0" : Integer.toString(set.size());
            if (!ours.equals(answers[i])) {
                differences.append(ORACLE.get(i)).append("\nipset: ").append(answers[i]);
                differences.append("\natoll: ").append(ours).append('\n');
            }
        }
        assertEquals("", differences.toString());
    }
}
