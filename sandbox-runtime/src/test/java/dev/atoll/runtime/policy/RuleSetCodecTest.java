package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleSetCodecTest {
    private static final String EVERYTHING = """
            *filter
            :INPUT DROP [0:0]
            :E - [0:0]
            -A INPUT ! -i lo -s 10.0.0.0/255.0.255.0 -m state --state NEW,INVALID -j DROP
            -A OUTPUT ! -d 10.0.0.0/8 -o eth+ -p tcp ! --dport 80:90 --sport 5 ! --tcp-flags ALL SYN -g E
            -A OUTPUT -p udp --dport 53 ! --sport 9 -j E
            -A E -p icmp ! --icmp-type 3/1 -m conntrack ! --ctstate ESTABLISHED -m comment --comment "über" -j RETURN
            -A E ! -p 99 -j REJECT --reject-with icmp-net-prohibited
            -A E -p tcp -j REJECT --reject-with tcp-reset
            -A E
            -A E -j ACCEPT
            COMMIT
            """;

    private static String malformed(byte[] bytes) {
        MalformedRuleSetException refusal =
                assertThrows(MalformedRuleSetException.class, () -> RuleSetCodec.decode(ByteBuffer.wrap(bytes)));
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void everythingTheParserMakes_comesBackEqual_originsIncluded() throws MalformedRuleSetException {
        RuleSet rules = Policies.accepted(EVERYTHING);
        assertEquals(rules, RuleSetCodec.decode(ByteBuffer.wrap(RuleSetCodec.encode(rules))));
        assertEquals(RuleSet.EMPTY, RuleSetCodec.decode(ByteBuffer.wrap(RuleSetCodec.encode(RuleSet.EMPTY))));
    }

    @Test
    void randomPolicies_comeBackEqual() throws MalformedRuleSetException {
        for (long seed = 0; seed < 500; seed++) {
            if (Policies.parse(RandomPolicy.make(seed)) instanceof PolicyResult.Accepted accepted) {
                byte[] bytes = RuleSetCodec.encode(accepted.ruleSet());
                assertEquals(accepted.ruleSet(), RuleSetCodec.decode(ByteBuffer.wrap(bytes)), "seed " + seed);
            }
        }
    }

    @Test
    void repeatedTexts_areWrittenOnce() {
        StringBuilder text = new StringBuilder("*filter\n");
        for (int i = 0; i < 1000; i++) {
            text.append("-A OUTPUT -j DROP\n");
        }
        int length = RuleSetCodec.encode(Policies.accepted(text + "COMMIT\n")).length;
        assertTrue(length < 1000 * 20, "1000 like rules take " + length + " bytes");
    }

    @Test
    void magicAndVersion_areChecked() {
        byte[] bytes = RuleSetCodec.encode(RuleSet.EMPTY);
        byte[] magic = bytes.clone();
        magic[0] = 'X';
        assertEquals("not a rule set: it does not begin with its magic number", malformed(magic));
        byte[] version = bytes.clone();
        version[5] = 2;
        assertEquals("a rule set of format 2, expected 1: launcher and program differ", malformed(version));
    }

    @Test
    void everyPrefix_isRefused_asIsATail() {
        byte[] bytes = RuleSetCodec.encode(Policies.accepted(EVERYTHING));
        for (int length = 0; length < bytes.length; length++) {
            malformed(Arrays.copyOf(bytes, length));
        }
        assertTrue(malformed(Arrays.copyOf(bytes, bytes.length + 1)).endsWith("1 bytes behind the end"));
    }

    @Test
    void flippedBytes_areRefusedOrMakeAValidRuleSet() {
        byte[] bytes = RuleSetCodec.encode(Policies.accepted(EVERYTHING));
        Rng rng = Rng.seeded(42);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = bytes.clone();
            for (int flips = 1 + rng.nextInt(3); flips > 0; flips--) {
                changed[rng.nextInt(changed.length)] = (byte) rng.nextInt(256);
            }
            try {
                RuleSet decoded = RuleSetCodec.decode(ByteBuffer.wrap(changed));
                assertEquals(List.of(), RuleSet.problems(decoded.tables()));
            } catch (MalformedRuleSetException e) {
                refused++;
            }
        }
        assertTrue(refused > 5000, "only " + refused + " of 20000 were refused");
    }

    @Test
    void hugeCounts_costNothing() {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        bytes.putInt(RuleSetCodec.MAGIC).putShort((short) RuleSetCodec.VERSION).put((byte) 1);
        bytes.put((byte) 4).put((byte) 3).put((byte) 1);
        bytes.putInt(0).putInt(1).put((byte) 'f').putInt(1).putInt(0);
        bytes.putInt(Integer.MAX_VALUE);
        assertTrue(malformed(bytes.array()).contains("2147483647 chains in "), malformed(bytes.array()));
    }

    @Test
    void ownMatcher_hasNoBinaryForm() {
        Origin origin = new Origin("code", 1, "rule");
        Rule rule = new Rule(List.of(context -> Matcher.Result.YES), StandardTarget.DROP, origin);
        List<Chain> chains = new ArrayList<>();
        for (Hook hook : TableName.FILTER.hooks()) {
            chains.add(new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rule), origin));
        }
        RuleSet rules = RuleSet.of(List.of(new Table(TableName.FILTER, Family.IPV4, chains, origin)));
        assertThrows(IllegalArgumentException.class, () -> RuleSetCodec.encode(rules));
        assertThrows(IllegalArgumentException.class, () -> PolicyPrinter.print(rules));
    }
}
