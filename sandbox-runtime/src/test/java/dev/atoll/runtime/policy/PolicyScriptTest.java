package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.filter.RuleSet;
import org.junit.jupiter.api.Test;

/** Shell scripts of iptables commands. */
class PolicyScriptTest {
    private static final String EMPTY = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ";

    private static String printed(String text) {
        return PolicyPrinter.print(Policies.accepted(text));
    }

    private static void says(String text, String... lines) {
        assertEquals(String.join("\n", lines) + "\n", Policies.refused(text).toString());
    }

    @Test
    void commands_changeTheirTables() {
        String text = """
                #!/bin/sh
                # closes everything but one network
                set -e
                IPT="/sbin/iptables -w"
                NET=192.0.2.0/24

                $IPT -F; $IPT -X
                $IPT -P OUTPUT DROP   # the default
                $IPT -N egress && $IPT -A OUTPUT -j egress
                $IPT -A egress -d "${NET}" -p tcp \\
                    --dport 443 \\
                    -m comment --comment 'the "shop"' -j ACCEPT
                sudo iptables -t nat -A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 8080
                ip6tables -A OUTPUT ! -d fe80::/10 -j REJECT
                exit 0
                """;
        assertEquals("""
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT DROP [0:0]
                :egress - [0:0]
                -A OUTPUT -j egress
                -A egress -d 192.0.2.0/24 -p tcp -m tcp --dport 443 -m comment --comment "the \\"shop\\"" -j ACCEPT
                COMMIT
                *nat
                :PREROUTING ACCEPT [0:0]
                :INPUT ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                :POSTROUTING ACCEPT [0:0]
                -A OUTPUT -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080
                COMMIT
                # ip6tables-save
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                -A OUTPUT ! -d fe80::/10 -j REJECT --reject-with icmp6-port-unreachable
                COMMIT
                """, printed(text));
    }

    @Test
    void rule_knowsItsLine() {
        RuleSet rules = Policies.accepted("iptables -N a\n\niptables -A a -j DROP\n");
        assertEquals(
                "egress.rules:3: iptables -A a -j DROP",
                rules.tables().get(0).chains().get(3).rules().get(0).origin().toString());
    }

    @Test
    void variables_areCutIntoWordsOutsideOfQuotes() {
        assertEquals(
                EMPTY + "ACCEPT [0:0]\n-A OUTPUT -s 10.0.0.1/32 -d 10.0.0.2/32 -j DROP\nCOMMIT\n",
                printed("A='-s 10.0.0.1  -d 10.0.0'\nB=.2\niptables -A OUTPUT $A$B -j DROP"));
        says(
                "A='10.0.0.1 -d 10.0.0.2'\niptables -A OUTPUT -s \"$A\"",
                "egress.rules:2:23: \"10.0.0.1 -d 10.0.0.2\" is neither an address nor a host name",
                "    iptables -A OUTPUT -s \"$A\"",
                "                          ^~~~");
    }

    @Test
    void mistake_isToldWhereItStands_alsoInALineThatGoesOn() {
        says(
                "iptables -A OUTPUT \\\n  -p tcp \\\n  --dport htps -j DROP\niptables -A OUTPT -j DROP",
                "egress.rules:3:11: \"htps\" is no port, expected 0 to 65535 or the name of a service",
                "      --dport htps -j DROP",
                "              ^~~~",
                "    did you mean https?",
                "egress.rules:4:13: there is no chain \"OUTPT\"",
                "    iptables -A OUTPT -j DROP",
                "                ^~~~~",
                "    did you mean OUTPUT?");
    }

    @Test
    void whatOnlyAShellCouldKnow_isRefused() {
        String notRun =
                " has no meaning here: a script is read and not run, only its iptables and ip6tables commands count";
        says(
                "iptables -A OUTPUT -d $(host example.org) -j DROP",
                "egress.rules:1:23: \"$(\"" + notRun,
                "    iptables -A OUTPUT -d $(host example.org) -j DROP",
                "                          ^~");
        says(
                "iptables -F 2>/dev/null",
                "egress.rules:1:14: \">\"" + notRun,
                "    iptables -F 2>/dev/null",
                "                 ^");
        says(
                "#!/bin/bash\nfor port in 80 443; do iptables -A OUTPUT -p tcp --dport 80; done",
                "egress.rules:2:1: \"for\" is not understood: a script is read and not run, only its iptables and ip6tables"
                        + " commands count",
                "    for port in 80 443; do iptables -A OUTPUT -p tcp --dport 80; done",
                "    ^~~");
        says(
                "NET=10.0.0.0/8\niptables -A OUTPUT -d $NTE",
                "egress.rules:2:23: the script does not set NTE before this line",
                "    iptables -A OUTPUT -d $NTE",
                "                          ^~~~",
                "    did you mean NET?");
        says(
                "iptables -A OUTPUT -m comment --comment 'open",
                "egress.rules:1:41: the quote is never closed, expected '",
                "    iptables -A OUTPUT -m comment --comment 'open",
                "                                            ^~~~~");
    }

    @Test
    void tools_haveTheirFamilyAndTables() {
        says(
                "iptables -6 -A OUTPUT -j DROP",
                "egress.rules:1:10: iptables is the tool of IPv4",
                "    iptables -6 -A OUTPUT -j DROP",
                "             ^~");
        says(
                "iptables -t nta -A OUTPUT -j DROP",
                "egress.rules:1:13: unknown table \"nta\"",
                "    iptables -t nta -A OUTPUT -j DROP",
                "                ^~~",
                "    did you mean nat?");
        says(
                "#!/bin/sh\nexit 0",
                "egress.rules:1:1: the script has no iptables command, so it says nothing",
                "    ",
                "    ^");
    }
}
