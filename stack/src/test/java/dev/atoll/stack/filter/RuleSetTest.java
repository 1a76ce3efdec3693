package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Rules.protocol;
import static dev.atoll.stack.filter.Rules.tcpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleSetTest {
    private static List<String> problems(Rules rules) {
        return RuleSet.problems(List.of(rules.table())).stream()
                .map(RuleSet.Problem::message)
                .toList();
    }

    @Test
    @Requirement("features J7")
    void loop_throughTwoChains_isNamedWithItsWay() {
        Rules rules = new Rules()
                .chain("A")
                .chain("B")
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("A", new StandardTarget.Jump("B"))
                .add("B", new StandardTarget.GoTo("A"));
        assertEquals(List.of("chains jump in a circle: A -> B -> A"), problems(rules));
    }

    @Test
    void loop_toItselfUnreferenced_isRefusedThoughLinuxLoadsIt() {
        Rules rules = new Rules().chain("A").add("A", new StandardTarget.Jump("A"));
        assertEquals(List.of("chains jump in a circle: A -> A"), problems(rules));
    }

    @Test
    void sharedChain_reachedTwice_isNoLoop() {
        Rules rules = new Rules()
                .chain("A")
                .chain("B")
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("OUTPUT", new StandardTarget.Jump("B"))
                .add("A", new StandardTarget.Jump("B"));
        assertEquals(List.of(), problems(rules));
    }

    @Test
    void translatingTarget_elsewhereThanInItsTableAndHooks_isAProblem() {
        NatTarget masquerade = new NatTarget.Masquerade(NatRange.ANY);
        assertEquals(
                List.of("this target can only be used in table nat"), problems(new Rules().add("OUTPUT", masquerade)));
        Rules shared = new Rules(TableName.NAT)
                .chain("A")
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("POSTROUTING", new StandardTarget.Jump("A"))
                .add("A", masquerade);
        assertEquals(List.of("this target cannot be reached from OUTPUT, only from POSTROUTING"), problems(shared));
        assertEquals(List.of(), problems(new Rules(TableName.NAT).chain("A").add("A", masquerade)));
    }

    @Test
    void match_thatAHookCannotAnswer_isAProblem_alsoThroughChains() {
        Matcher owner = new OwnerMatcher(OwnerMatcher.Socket.EXISTS, null, null, false);
        Rules rules = new Rules()
                .chain("A")
                .add("INPUT", new StandardTarget.Jump("A"))
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("A", StandardTarget.DROP, owner);
        assertEquals(List.of("a match of this rule cannot be asked in INPUT, only in OUTPUT"), problems(rules));
        assertEquals(List.of(), problems(new Rules().chain("A").add("A", StandardTarget.DROP, owner)));
        for (Target end : List.of(StandardTarget.ACCEPT, StandardTarget.DROP, StandardTarget.RETURN)) {
            Rules behind = new Rules().add("INPUT", end).add("INPUT", StandardTarget.DROP, owner);
            assertEquals(List.of(), problems(behind), "nothing behind the rule is met");
        }
        Rules onward =
                new Rules().add("INPUT", StandardTarget.ACCEPT, protocol(6)).add("INPUT", StandardTarget.DROP, owner);
        assertEquals(List.of("a match of this rule cannot be asked in INPUT, only in OUTPUT"), problems(onward));
        AddressTypeMatcher.Types local = new AddressTypeMatcher.Types(AddressType.LOCAL.bit(), false);
        Matcher in = new AddressTypeMatcher(AddressTypeMatcher.Limit.IN, local, null);
        Matcher out = new AddressTypeMatcher(AddressTypeMatcher.Limit.OUT, local, null);
        Rules swapped = new Rules()
                .add("INPUT", StandardTarget.DROP, out)
                .add("FORWARD", StandardTarget.DROP, in, out)
                .add("OUTPUT", StandardTarget.DROP, in);
        assertEquals(
                List.of(
                        "a match of this rule cannot be asked in INPUT, only in FORWARD and OUTPUT",
                        "a match of this rule cannot be asked in OUTPUT, only in INPUT and FORWARD"),
                problems(swapped));
    }

    @Test
    void segmentSize_needsARuleForSyn_andClampedAWayOut() {
        Target set = new RewriteTarget.TcpMss(1000);
        Target clamp = new RewriteTarget.TcpMss(RewriteTarget.TcpMss.CLAMP_TO_PMTU);
        Matcher syn = new TcpMatcher(PortRange.ANY, PortRange.ANY, 0x12, 0x12, false);
        Matcher noSyn = new TcpMatcher(PortRange.ANY, PortRange.ANY, 0x12, 0x12, true);
        String problem = "the size of segments is announced by SYN: this rule needs --syn or --tcp-flags with it";
        assertEquals(List.of(), problems(new Rules().add("INPUT", set, protocol(6), syn)));
        assertEquals(List.of(problem), problems(new Rules().add("INPUT", set, protocol(6), noSyn)));
        assertEquals(List.of(problem), problems(new Rules().add("INPUT", set, protocol(6), tcpTo(80))));
        assertEquals(List.of(), problems(new Rules().add("OUTPUT", clamp, protocol(6), syn)));
        assertEquals(
                List.of("this target cannot be reached from INPUT, only from FORWARD and OUTPUT"),
                problems(new Rules().add("INPUT", clamp, protocol(6), syn)));
    }

    @Test
    void translatedPorts_needAProtocolThatHasThem() {
        NatTarget redirect = new NatTarget.Redirect(NatRange.ANY.ports(80, 80));
        String problem = "ports are translated of TCP and UDP: this rule needs -p with one of them, not negated";
        assertEquals(List.of(problem), problems(new Rules(TableName.NAT).add("OUTPUT", redirect)));
        assertEquals(List.of(problem), problems(new Rules(TableName.NAT).add("OUTPUT", redirect, Rules.protocol(1))));
        assertEquals(List.of(), problems(new Rules(TableName.NAT).add("OUTPUT", redirect, Rules.protocol(17))));
    }

    @Test
    void translatedAddress_ofAnotherFamily_isAProblem() {
        NatTarget there = new NatTarget.Dnat(NatRange.ANY.address(IpAddress.parse("2001:db8::1")));
        assertEquals(
                List.of("2001:db8::1 is not an address of IPv4"),
                problems(new Rules(TableName.NAT).add("OUTPUT", there)));
    }

    @Test
    @Requirement("features J7")
    void longJumpChain_isNoProblem() {
        Rules rules = new Rules().add("OUTPUT", new StandardTarget.Jump("C0"));
        for (int i = 0; i < 5000; i++) {
            rules.add("C" + i, new StandardTarget.Jump("C" + (i + 1)));
        }
        rules.chain("C5000");
        assertEquals(List.of(), problems(rules));
    }

    @Test
    void rangeOfTheOtherFamily_isAProblem() {
        AddressRangeMatcher.Range six =
                new AddressRangeMatcher.Range(IpAddress.parse("fd00::1"), IpAddress.parse("fd00::9"), false);
        Rules rules = new Rules().add("OUTPUT", StandardTarget.DROP, new AddressRangeMatcher(null, six));
        assertEquals(
                List.of("fd00::1 is not an address of IPv4"),
                RuleSet.problems(List.of(rules.table())).stream()
                        .map(RuleSet.Problem::message)
                        .toList());
    }

    @Test
    void jump_toNowhereOrBuiltIn_isRefused() {
        Rules rules = new Rules()
                .add("OUTPUT", new StandardTarget.Jump("NOWHERE"))
                .add("OUTPUT", new StandardTarget.Jump("INPUT"));
        assertEquals(
                List.of("there is no chain NOWHERE in table filter", "no rule can jump to the built-in chain INPUT"),
                problems(rules));
    }

    @Test
    void matchOrTarget_withoutItsProtocol_isRefused() {
        String message = "a match or target of this rule needs -p with its protocol, not negated";
        assertEquals(List.of(message), problems(new Rules().add("OUTPUT", StandardTarget.DROP, tcpTo(80))));
        assertEquals(
                List.of(message),
                problems(new Rules().add("OUTPUT", StandardTarget.DROP, new ProtocolMatcher(6, true), tcpTo(80))));
        assertEquals(
                List.of(message),
                problems(new Rules().add("OUTPUT", new StandardTarget.Reject(RejectWith.TCP_RESET), protocol(17))));
        assertEquals(List.of(), problems(new Rules().add("OUTPUT", StandardTarget.DROP, protocol(6), tcpTo(80))));
    }

    @Test
    void interfaceThatAHookDoesNotHave_isRefused() {
        Matcher in = new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth0", false);
        Matcher out = new InterfaceMatcher(InterfaceMatcher.Side.OUT, "eth0", false);
        assertEquals(
                List.of("-o cannot be used in INPUT", "-i cannot be used in OUTPUT"),
                problems(new Rules()
                        .add("OUTPUT", StandardTarget.DROP, in)
                        .add("INPUT", StandardTarget.DROP, out)
                        .add("FORWARD", StandardTarget.DROP, in, out)));
    }

    @Test
    void chains_missingDoubledOrMisnamed_areRefused() {
        Origin origin = new Origin("test.rules", 3, "*filter");
        Table table = new Table(
                TableName.FILTER,
                Family.IPV4,
                List.of(
                        new Chain("INPUT", null, List.of(), origin),
                        new Chain("OUTPUT", ChainPolicy.DROP, List.of(), origin),
                        new Chain("MINE", ChainPolicy.DROP, List.of(), origin),
                        new Chain("TWICE", null, List.of(), origin),
                        new Chain("TWICE", null, List.of(), origin),
                        new Chain("a".repeat(29), null, List.of(), origin)),
                origin);
        assertEquals(
                List.of(
                        "the built-in chain INPUT has no policy",
                        "only a built-in chain can have a policy, MINE is none of table filter",
                        "chain TWICE is there twice",
                        "a chain's name has 1 to 28 characters",
                        "the built-in chain FORWARD is missing"),
                RuleSet.problems(List.of(table)).stream()
                        .map(RuleSet.Problem::message)
                        .toList());
    }

    @Test
    void of_withProblems_namesEachWithItsPlace() {
        Rules rules = new Rules().add("OUTPUT", new StandardTarget.Jump("NOWHERE"));
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, rules::build);
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("test.rules:1: OUTPUT Jump[chain=NOWHERE]: there is no"),
                refusal.getMessage());
    }

    @Test
    void sameTableTwice_isRefused() {
        Table table = new Rules().table();
        assertEquals(
                List.of("the IPv4 table filter is there twice, first at test.rules:1"),
                RuleSet.problems(List.of(table, table)).stream()
                        .map(RuleSet.Problem::message)
                        .toList());
    }

    @Test
    void table_isFoundByFamilyAndName() {
        Table v4 = new Rules().table();
        Table v6 = Table.acceptAll(TableName.NAT, Family.IPV6);
        RuleSet rules = RuleSet.of(List.of(v4, v6));
        assertSame(v4, rules.table(Family.IPV4, TableName.FILTER));
        assertSame(v6, rules.table(Family.IPV6, TableName.NAT));
        assertNull(rules.table(Family.IPV6, TableName.FILTER));
        assertNull(v4.chain("PREROUTING"));
        assertEquals(List.of(v4, v6), rules.tables());
        assertFalse(RuleSet.EMPTY.covers(Family.IPV4));
    }

    @Test
    void needsConnTrack_onlyWithAStateMatch() {
        assertFalse(new Rules().add("OUTPUT", StandardTarget.DROP).build().needsConnTrack());
        assertTrue(new Rules()
                .add("OUTPUT", StandardTarget.ACCEPT, Rules.state(ConnState.NEW))
                .build()
                .needsConnTrack());
    }
}
