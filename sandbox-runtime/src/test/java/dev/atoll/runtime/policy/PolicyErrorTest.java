package dev.atoll.runtime.policy;

import static dev.atoll.runtime.policy.Policies.errors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What users see. Each case is a line as people write it, and the whole text of the answer. */
class PolicyErrorTest {
    private static void says(String line, String... expected) {
        assertEquals(String.join("\n", expected) + "\n", errors(line));
    }

    @Test
    void unknownOption_thatBelongsToAMatch() {
        says(
                "-A OUTPUT -p tcp --dports 443 -j ACCEPT",
                "egress.rules:2:18: --dports needs -m multiport before it",
                "    -A OUTPUT -p tcp --dports 443 -j ACCEPT",
                "                     ^~~~~~~~");
        says(
                "-A OUTPUT --hashlimit-upto 5/s -j ACCEPT",
                "egress.rules:2:11: --hashlimit-upto needs -m hashlimit before it",
                "    -A OUTPUT --hashlimit-upto 5/s -j ACCEPT",
                "              ^~~~~~~~~~~~~~~~");
    }

    @Test
    void unknownOption_misspelt() {
        says(
                "-A OUTPUT -p tcp --dprot 443 -j ACCEPT",
                "egress.rules:2:18: unknown option \"--dprot\"",
                "    -A OUTPUT -p tcp --dprot 443 -j ACCEPT",
                "                     ^~~~~~~",
                "    did you mean --dport?");
    }

    @Test
    void dportWithoutProtocol() {
        says(
                "-A OUTPUT --dport 443 -j ACCEPT",
                "egress.rules:2:11: --dport needs -p tcp or -p udp before it",
                "    -A OUTPUT --dport 443 -j ACCEPT",
                "              ^~~~~~~");
        says(
                "-A OUTPUT --dport 443 -p tcp -j ACCEPT",
                "egress.rules:2:11: --dport needs -p tcp or -p udp before it",
                "    -A OUTPUT --dport 443 -p tcp -j ACCEPT",
                "              ^~~~~~~");
    }

    @Test
    void matchWithoutItsProtocol() {
        says(
                "-A OUTPUT -m tcp --dport 443 -j ACCEPT",
                "egress.rules:2:14: -m tcp needs -p tcp, not negated",
                "    -A OUTPUT -m tcp --dport 443 -j ACCEPT",
                "                 ^~~");
        says(
                "-A OUTPUT -p udp -m tcp --dport 443 -j ACCEPT",
                "egress.rules:2:21: -m tcp needs -p tcp, not negated",
                "    -A OUTPUT -p udp -m tcp --dport 443 -j ACCEPT",
                "                        ^~~");
    }

    @Test
    void policyThatIsNone() {
        says(
                ":OUTPUT REJECT [0:0]",
                "egress.rules:2:9: \"REJECT\" is no policy, expected ACCEPT or DROP; to reject the rest, append a rule"
                        + " -j REJECT",
                "    :OUTPUT REJECT [0:0]",
                "            ^~~~~~");
        says(
                ":OUTPUT ACEPT [0:0]",
                "egress.rules:2:9: \"ACEPT\" is no policy, expected ACCEPT or DROP",
                "    :OUTPUT ACEPT [0:0]",
                "            ^~~~~",
                "    did you mean ACCEPT?");
    }

    @Test
    void oldStyleNegation() {
        says(
                "-A OUTPUT -d ! 10.0.0.0/8 -j DROP",
                "egress.rules:2:14: ! stands before an option and not behind it, expected ! -d",
                "    -A OUTPUT -d ! 10.0.0.0/8 -j DROP",
                "                 ^");
        says(
                "-A OUTPUT -p tcp --dport ! 80 -j DROP",
                "egress.rules:2:26: ! stands before an option and not behind it, expected ! --dport",
                "    -A OUTPUT -p tcp --dport ! 80 -j DROP",
                "                             ^");
    }

    @Test
    void negationMisplaced() {
        says(
                "-A OUTPUT ! ! -d 10.0.0.0/8",
                "egress.rules:2:13: ! stands there twice in a row",
                "    -A OUTPUT ! ! -d 10.0.0.0/8",
                "                ^");
        says(
                "-A OUTPUT ! -j DROP",
                "egress.rules:2:11: ! cannot stand before -j",
                "    -A OUTPUT ! -j DROP",
                "              ^");
        says(
                "-A OUTPUT ! -d 10.0.0.1,10.0.0.2 -j DROP",
                "egress.rules:2:16: ! works in a line with one address only, and this one stands for 2",
                "    -A OUTPUT ! -d 10.0.0.1,10.0.0.2 -j DROP",
                "                   ^~~~~~~~~~~~~~~~~");
        says("-A OUTPUT !", "egress.rules:2:11: expected an option behind !", "    -A OUTPUT !", "              ^");
    }

    @Test
    void thatNeverMatches() {
        says(
                "-A OUTPUT ! -d 0.0.0.0/0",
                "egress.rules:2:16: ! before every address never matches",
                "    -A OUTPUT ! -d 0.0.0.0/0",
                "                   ^~~~~~~~~");
        says(
                "-A OUTPUT ! -p all",
                "egress.rules:2:16: ! -p all never matches",
                "    -A OUTPUT ! -p all",
                "                   ^~~");
        says(
                "-A OUTPUT ! -o +",
                "egress.rules:2:16: ! before every interface never matches",
                "    -A OUTPUT ! -o +",
                "                   ^");
    }

    @Test
    void whatIptablesLoadsAsSomethingElse() {
        // A port of 4464, an interface named -oeth0, a chain of the kernel's that never matches.
        assertTrue(errors("-A OUTPUT -p udp --dport 70000").contains("\"70000\" is no port"));
        assertTrue(errors("-A OUTPUT -oeth0").contains("expected a blank before \"eth0\""));
        assertTrue(errors("-A OUTPUT -p tcp ! --dport :").contains("! before every port never matches"));
    }

    @Test
    void optionTwice() {
        says(
                "-A OUTPUT -d 10.0.0.1 -d 10.0.0.2",
                "egress.rules:2:23: -d is there twice",
                "    -A OUTPUT -d 10.0.0.1 -d 10.0.0.2",
                "                          ^~");
        says(
                "-A OUTPUT -j DROP -j ACCEPT",
                "egress.rules:2:19: -j is there twice",
                "    -A OUTPUT -j DROP -j ACCEPT",
                "                      ^~");
        says(
                "-A OUTPUT -p tcp --dport 80 --dport 81",
                "egress.rules:2:29: --dport is there twice in this match",
                "    -A OUTPUT -p tcp --dport 80 --dport 81",
                "                                ^~~~~~~");
        says(
                "-A OUTPUT -I INPUT",
                "egress.rules:2:11: -I cannot be used together with -A",
                "    -A OUTPUT -I INPUT",
                "              ^~");
    }

    @Test
    void ports() {
        says(
                "-A OUTPUT -p tcp --dport 90:80",
                "egress.rules:2:26: the range begins behind its end, expected FIRST:LAST",
                "    -A OUTPUT -p tcp --dport 90:80",
                "                             ^~~~~",
                "    did you mean 80:90?");
        says(
                "-A OUTPUT -p tcp --dport 70000",
                "egress.rules:2:26: \"70000\" is no port, expected 0 to 65535 or the name of a service",
                "    -A OUTPUT -p tcp --dport 70000",
                "                             ^~~~~");
        says(
                "-A OUTPUT -p tcp --dport htps",
                "egress.rules:2:26: \"htps\" is no port, expected 0 to 65535 or the name of a service",
                "    -A OUTPUT -p tcp --dport htps",
                "                             ^~~~",
                "    did you mean https?");
        says(
                "-A OUTPUT -p tcp --dport 80,443",
                "egress.rules:2:26: \"80,443\" is no port, expected 0 to 65535 or the name of a service; a list of ports"
                        + " needs -m multiport --dports",
                "    -A OUTPUT -p tcp --dport 80,443",
                "                             ^~~~~~");
        says(
                "-A OUTPUT -p tcp --dport 010",
                "egress.rules:2:26: \"010\" is no port, expected 0 to 65535 or the name of a service",
                "    -A OUTPUT -p tcp --dport 010",
                "                             ^~~");
    }

    @Test
    void addresses() {
        says(
                "-A OUTPUT -d 10.0.0.1/33",
                "egress.rules:2:23: \"33\" is no mask, expected 0 to 32 or a mask such as 255.255.255.0",
                "    -A OUTPUT -d 10.0.0.1/33",
                "                          ^~");
        says(
                "-A OUTPUT -d 10.1",
                "egress.rules:2:14: \"10.1\" is no IPv4 address, expected four numbers from 0 to 255 without leading"
                        + " zeros",
                "    -A OUTPUT -d 10.1",
                "                 ^~~~",
                "    did you mean 10.1.0.0?");
        says(
                "-A OUTPUT -d 10.0.0.1,,10.0.0.300",
                "egress.rules:2:23: \"\" is neither an address nor a host name",
                "    -A OUTPUT -d 10.0.0.1,,10.0.0.300",
                "                          ^",
                "egress.rules:2:24: \"10.0.0.300\" is no IPv4 address, expected four numbers from 0 to 255 without"
                        + " leading zeros",
                "    -A OUTPUT -d 10.0.0.1,,10.0.0.300",
                "                           ^~~~~~~~~~");
        says(
                "-A OUTPUT -d 2001:db8::/32",
                "egress.rules:2:14: \"2001:db8::\" is no address of IPv4, whose rules are read here; a line for IPv6 has"
                        + " -6, a part of ip6tables begins with \"# ip6tables-save\"",
                "    -A OUTPUT -d 2001:db8::/32",
                "                 ^~~~~~~~~~");
        says(
                "-A OUTPUT -d nowhere.example",
                "egress.rules:2:14: host \"nowhere.example\" was not found with an IPv4 address (names are looked up"
                        + " once, when the policy is read)",
                "    -A OUTPUT -d nowhere.example",
                "                 ^~~~~~~~~~~~~~~");
        says(
                "-A OUTPUT -d 10.0.0.0/0",
                "egress.rules:2:14: a mask of 0 makes \"10.0.0.0\" mean every address",
                "    -A OUTPUT -d 10.0.0.0/0",
                "                 ^~~~~~~~~~",
                "    did you mean 0.0.0.0/0?");
    }

    @Test
    void quotes() {
        says(
                "-A OUTPUT -m comment --comment \"never closed -j DROP",
                "egress.rules:2:32: the quote is never closed, so the rest of the line would be taken into it;"
                        + " expected \"",
                "    -A OUTPUT -m comment --comment \"never closed -j DROP",
                "                                   ^~~~~~~~~~~~~~~~~~~~~");
        says(
                "-A OUTPUT -m comment --comment \"a\"b -j DROP",
                "egress.rules:2:35: a closing quote ends the word; expected a blank behind it",
                "    -A OUTPUT -m comment --comment \"a\"b -j DROP",
                "                                      ^");
        says(
                "-A OUTPUT -m comment --comment 'a b' -j DROP",
                "egress.rules:2:35: unexpected \"b'\", expected an option; ' is no quote in this form, use \"",
                "    -A OUTPUT -m comment --comment 'a b' -j DROP",
                "                                      ^~");
    }

    @Test
    void comments() {
        says(
                "-A OUTPUT -j DROP # why",
                "egress.rules:2:19: unexpected \"#\", expected an option; a comment has a line of its own, or use -m"
                        + " comment",
                "    -A OUTPUT -j DROP # why",
                "                      ^");
        says(
                "  # indented",
                "egress.rules:2:3: \"#\" must be the first character of its line",
                "      # indented",
                "      ^~~~~~~~~~");
        String text = errors("-A OUTPUT -m comment --comment " + "x".repeat(256));
        assertTrue(text.startsWith("egress.rules:2:32: the comment has 256 bytes, at most 255 fit\n"), text);
    }

    @Test
    void targets() {
        says(
                "-A OUTPUT -j ACEPT",
                "egress.rules:2:14: \"ACEPT\" is neither a target nor a chain of this table",
                "    -A OUTPUT -j ACEPT",
                "                 ^~~~~",
                "    did you mean ACCEPT?");
        says(
                "-A OUTPUT -j drop",
                "egress.rules:2:14: \"drop\" is neither a target nor a chain of this table",
                "    -A OUTPUT -j drop",
                "                 ^~~~",
                "    did you mean DROP?");
        says(
                "-A OUTPUT -j TEE",
                "egress.rules:2:14: target \"TEE\" is not supported yet",
                "    -A OUTPUT -j TEE",
                "                 ^~~");
        says(
                "-A OUTPUT -j CLASSIFY",
                "egress.rules:2:14: target \"CLASSIFY\" is not supported yet",
                "    -A OUTPUT -j CLASSIFY",
                "                 ^~~~~~~~");
        says(
                "-A FORWARD -j MASQUERADE",
                "egress.rules:2:15: this target can only be used in table nat",
                "    -A FORWARD -j MASQUERADE",
                "                  ^~~~~~~~~~");
        says(
                "-A OUTPUT -j INPUT",
                "egress.rules:2:14: no rule can go to the built-in chain INPUT",
                "    -A OUTPUT -j INPUT",
                "                 ^~~~~");
        says(
                "-A OUTPUT -g ACCEPT",
                "egress.rules:2:14: there is no chain \"ACCEPT\"",
                "    -A OUTPUT -g ACCEPT",
                "                 ^~~~~~");
        says(
                "-A OUTPUT --reject-with tcp-reset -j REJECT",
                "egress.rules:2:11: --reject-with needs -j REJECT before it",
                "    -A OUTPUT --reject-with tcp-reset -j REJECT",
                "              ^~~~~~~~~~~~~");
    }

    @Test
    void rejectWith() {
        says(
                "-A OUTPUT -j REJECT --reject-with tcp-reset",
                "egress.rules:2:35: --reject-with tcp-reset needs -p tcp, not negated",
                "    -A OUTPUT -j REJECT --reject-with tcp-reset",
                "                                      ^~~~~~~~~");
        says(
                "-A OUTPUT -j REJECT --reject-with host-prohibitted",
                "egress.rules:2:35: unknown --reject-with \"host-prohibitted\", expected icmp-net-unreachable,"
                        + " icmp-host-unreachable, icmp-proto-unreachable, icmp-port-unreachable, icmp-net-prohibited,"
                        + " icmp-host-prohibited, icmp-admin-prohibited, tcp-reset",
                "    -A OUTPUT -j REJECT --reject-with host-prohibitted",
                "                                      ^~~~~~~~~~~~~~~~");
        says(
                "-A OUTPUT -j REJECT --reject-with icmp",
                "egress.rules:2:35: --reject-with \"icmp\" could be icmp-net-unreachable or icmp-host-unreachable or"
                        + " icmp-proto-unreachable or icmp-port-unreachable or icmp-net-prohibited or"
                        + " icmp-host-prohibited or icmp-admin-prohibited",
                "    -A OUTPUT -j REJECT --reject-with icmp",
                "                                      ^~~~");
    }

    @Test
    void matches() {
        says(
                "-A OUTPUT -m policy --dir out -j ACCEPT",
                "egress.rules:2:14: match \"policy\" is not supported yet",
                "    -A OUTPUT -m policy --dir out -j ACCEPT",
                "                 ^~~~~~");
        says(
                "-A OUTPUT -m contrack --ctstate NEW",
                "egress.rules:2:14: unknown match \"contrack\"",
                "    -A OUTPUT -m contrack --ctstate NEW",
                "                 ^~~~~~~~",
                "    did you mean conntrack?");
        says(
                "-A OUTPUT -m conntrack --ctstate NEW,ESTABLISED -j ACCEPT",
                "egress.rules:2:38: unknown state \"ESTABLISED\", expected INVALID, NEW, RELATED, ESTABLISHED, UNTRACKED, SNAT, DNAT",
                "    -A OUTPUT -m conntrack --ctstate NEW,ESTABLISED -j ACCEPT",
                "                                         ^~~~~~~~~~",
                "    did you mean ESTABLISHED?");
        says(
                "-A OUTPUT -m state --state DNAT",
                "egress.rules:2:28: unknown state \"DNAT\", expected INVALID, NEW, RELATED, ESTABLISHED, UNTRACKED",
                "    -A OUTPUT -m state --state DNAT",
                "                               ^~~~");
        says(
                "-A OUTPUT -m conntrack --ctstatus NONE",
                "egress.rules:2:35: every connection and none has the status NONE, so this says nothing",
                "    -A OUTPUT -m conntrack --ctstatus NONE",
                "                                      ^~~~");
        says(
                "-A INPUT -m owner --uid-owner 0 -j DROP",
                "egress.rules:2:36: a match of this rule cannot be asked in INPUT, only in OUTPUT",
                "    -A INPUT -m owner --uid-owner 0 -j DROP",
                "                                       ^~~~");
        says(
                "-A OUTPUT -j CT --helper ftp",
                "egress.rules:2:17: --helper is not supported yet",
                "    -A OUTPUT -j CT --helper ftp",
                "                    ^~~~~~~~");
        says(
                "-A OUTPUT --state NEW",
                "egress.rules:2:11: --state needs -m state before it",
                "    -A OUTPUT --state NEW",
                "              ^~~~~~~");
        says(
                "-A OUTPUT -m state",
                "egress.rules:2:14: -m state needs --state",
                "    -A OUTPUT -m state",
                "                 ^~~~~");
        says(
                "-A OUTPUT -p tcp --tcp-option 256",
                "egress.rules:2:31: \"256\" is no kind of TCP option, expected 1 to 255",
                "    -A OUTPUT -p tcp --tcp-option 256",
                "                                  ^~~");
        says(
                "-A OUTPUT -m statistic --mode nth --every 3",
                "egress.rules:2:31: -m statistic needs --mode random with --probability, or --mode nth with --every and"
                        + " --packet",
                "    -A OUTPUT -m statistic --mode nth --every 3",
                "                                  ^~~");
        says(
                "-A OUTPUT -m string --algo bm --hex-string ab|0g|",
                "egress.rules:2:46: \"|0g|\" are no bytes, expected pairs of hexadecimal digits between two |",
                "    -A OUTPUT -m string --algo bm --hex-string ab|0g|",
                "                                                 ^~~~");
        says(
                "-A OUTPUT -m u32 --u32 \"6&0xff\"",
                "egress.rules:2:24: expected &, <<, >>, @ or = here",
                "    -A OUTPUT -m u32 --u32 \"6&0xff\"",
                "                           ^~~~~~~~");
        says(
                "-A OUTPUT -m u32 --u32 6|1=1",
                "egress.rules:2:25: expected &, <<, >>, @ or = here",
                "    -A OUTPUT -m u32 --u32 6|1=1",
                "                            ^");
        says(
                "-A OUTPUT -p tcp --syn --tcp-flags SYN SYN",
                "egress.rules:2:24: only one of --syn and --tcp-flags can be there",
                "    -A OUTPUT -p tcp --syn --tcp-flags SYN SYN",
                "                           ^~~~~~~~~~~");
        says(
                "-A OUTPUT -p icmp --icmp-type ttl",
                "egress.rules:2:31: ICMP type \"ttl\" could be ttl-exceeded or ttl-zero-during-transit",
                "    -A OUTPUT -p icmp --icmp-type ttl",
                "                                  ^~~");
    }

    @Test
    void protocols() {
        says(
                "-A OUTPUT -p tpc --dport 80",
                "egress.rules:2:14: unknown protocol \"tpc\", expected tcp, udp, icmp, all, or 0 to 255",
                "    -A OUTPUT -p tpc --dport 80",
                "                 ^~~",
                "    did you mean tcp?");
        says(
                "-A OUTPUT -p icmpv6 -j ACCEPT",
                "egress.rules:2:14: ipv6-icmp is never in an IPv4 packet",
                "    -A OUTPUT -p icmpv6 -j ACCEPT",
                "                 ^~~~~~",
                "    did you mean icmp?");
    }

    @Test
    void interfaceOfTheWrongSide() {
        says(
                "-A OUTPUT -i eth0 -j DROP",
                "egress.rules:2:11: -i cannot be used in OUTPUT: what leaves came in nowhere",
                "    -A OUTPUT -i eth0 -j DROP",
                "              ^~",
                "    did you mean -o?");
        says(
                "-A INPUT -o eth0 -j DROP",
                "egress.rules:2:10: -o cannot be used in INPUT: what arrives goes out nowhere",
                "    -A INPUT -o eth0 -j DROP",
                "             ^~",
                "    did you mean -i?");
    }

    @Test
    void chains() {
        says(
                "-A OTUPUT -j DROP",
                "egress.rules:2:4: there is no chain \"OTUPUT\"",
                "    -A OTUPUT -j DROP",
                "       ^~~~~~",
                "    did you mean OUTPUT?");
        assertEquals("""
                egress.rules:2:14: there is no chain "EGRESS" before line 3, which declares it; declare it first
                    -A OUTPUT -j EGRESS
                                 ^~~~~~
                """, errors("-A OUTPUT -j EGRESS", ":EGRESS - [0:0]"));
        says(
                ":EGRES ACCEPT [0:0]",
                "egress.rules:2:2: \"EGRES\" is no built-in chain of table filter, and only those have a policy;"
                        + " expected \":EGRES -\"",
                "    :EGRES ACCEPT [0:0]",
                "     ^~~~~");
        says(
                ":REJECT - [0:0]",
                "egress.rules:2:2: \"REJECT\" is the name of a target, so -j could not mean the chain",
                "    :REJECT - [0:0]",
                "     ^~~~~~");
        says(
                ":" + "x".repeat(29) + " -",
                "egress.rules:2:2: a chain's name has 1 to 28 characters",
                "    :" + "x".repeat(29) + " -",
                "     ^" + "~".repeat(28));
        assertEquals("""
                egress.rules:3:4: there is a chain "A" already
                    -N A
                       ^
                egress.rules:5:4: chain A still has rules; -F A first
                    -X A
                       ^
                egress.rules:8:4: a rule still goes to chain B
                    -X B
                       ^
                """, errors("-N A", "-N A", "-A A -j DROP", "-X A", "-N B", "-A OUTPUT -j B", "-X B"));
    }

    @Test
    void loops() {
        assertEquals("""
                egress.rules:6:9: chains jump in a circle: A -> B -> A
                    -A B -j A
                            ^
                """, errors(":A -", ":B -", "-A OUTPUT -j A", "-A A -j B", "-A B -j A"));
    }

    @Test
    void ruleNumbers() {
        says(
                "-I OUTPUT 2 -j DROP",
                "egress.rules:2:11: there is no rule \"2\" here: expected 1 to 1",
                "    -I OUTPUT 2 -j DROP",
                "              ^");
        says(
                "-D OUTPUT 1",
                "egress.rules:2:11: there is no rule \"1\" here: the chain has no rules",
                "    -D OUTPUT 1",
                "              ^");
        says(
                "-D OUTPUT -j DROP",
                "egress.rules:2:1: no rule of chain OUTPUT is like this one, so none can be deleted",
                "    -D OUTPUT -j DROP",
                "    ^~~~~~~~~~~~~~~~~");
    }

    @Test
    void optionsThatHaveNoPlaceHere() {
        says(
                "-t nat -A OUTPUT -j DROP",
                "egress.rules:2:1: -t cannot be used in a policy file: a line *TABLE begins a table",
                "    -t nat -A OUTPUT -j DROP",
                "    ^~");
        says(
                "-A OUTPUT -f ! -f -j DROP",
                "egress.rules:2:16: -f is there twice",
                "    -A OUTPUT -f ! -f -j DROP",
                "                   ^~");
        says("-L", "egress.rules:2:1: -L changes nothing, so it has no place in a policy file", "    -L", "    ^~");
        says(
                "-j DROP",
                "egress.rules:2:1: the line has no command, expected -A CHAIN or another",
                "    -j DROP",
                "    ^~~~~~~");
        says(
                "-P OUTPUT DROP -j ACCEPT",
                "egress.rules:2:16: -j cannot be used with -P",
                "    -P OUTPUT DROP -j ACCEPT",
                "                   ^~");
        says(
                "-A OUTPUT -ptcp",
                "egress.rules:2:11: expected a blank before \"tcp\"",
                "    -A OUTPUT -ptcp",
                "              ^~");
        says(
                "-A OUTPUT -p tcp --s 10.0.0.1",
                "egress.rules:2:18: --s could be --source or --src or --set-counters",
                "    -A OUTPUT -p tcp --s 10.0.0.1",
                "                     ^~~");
        says("-A OUTPUT -d", "egress.rules:2:13: -d needs an argument", "    -A OUTPUT -d", "                ^");
        says(
                "iptables -A OUTPUT -j DROP",
                "egress.rules:2:1: expected the command alone, without the word iptables",
                "    iptables -A OUTPUT -j DROP",
                "    ^~~~~~~~");
    }

    @Test
    void counters() {
        says(
                "[1:2 -A OUTPUT -j DROP",
                "egress.rules:2:1: the counters are malformed, expected [PACKETS:BYTES]",
                "    [1:2 -A OUTPUT -j DROP",
                "    ^");
        says(
                ":OUTPUT DROP [x:0]",
                "egress.rules:2:14: \"[x:0]\" are no counters, expected [PACKETS:BYTES]",
                "    :OUTPUT DROP [x:0]",
                "                 ^~~~~");
        says(
                ":OUTPUT DROP [0:0] more",
                "egress.rules:2:20: unexpected \"more\" behind the chain's counters",
                "    :OUTPUT DROP [0:0] more",
                "                       ^~~~");
        says(
                ":OUTPUT",
                "egress.rules:2:8: expected ACCEPT or DROP for a built-in chain, - for another",
                "    :OUTPUT",
                "           ^");
    }

    @Test
    void everyMistake_isToldAtOnce_inOrder() {
        assertEquals(
                """
                egress.rules:2:14: "10.0.0.999" is no IPv4 address, expected four numbers from 0 to 255 without leading zeros
                    -A OUTPUT -d 10.0.0.999 -p tcp --dport 99999 -j DROP
                                 ^~~~~~~~~~
                egress.rules:2:40: "99999" is no port, expected 0 to 65535 or the name of a service
                    -A OUTPUT -d 10.0.0.999 -p tcp --dport 99999 -j DROP
                                                           ^~~~~
                egress.rules:4:14: target "LED" is not supported yet
                    -A OUTPUT -j LED
                                 ^~~
                """,
                errors(
                        "-A OUTPUT -d 10.0.0.999 -p tcp --dport 99999 -j DROP",
                        "-A OUTPUT -j DROP",
                        "-A OUTPUT -j LED"));
    }
}
