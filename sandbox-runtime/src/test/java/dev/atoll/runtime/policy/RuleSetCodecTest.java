package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
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
import java.util.zip.CRC32;
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

    /** Magic, version, length and checksum of an archive. */
    private static final int HEADER_BYTES = 24;

    /** With the length and the checksum that belong to what is behind them. */
    private static byte[] sealed(byte[] archive) {
        CRC32 checksum = new CRC32();
        checksum.update(archive, HEADER_BYTES, archive.length - HEADER_BYTES);
        ByteBuffer.wrap(archive).putInt(12, archive.length - HEADER_BYTES).putLong(16, checksum.getValue());
        return archive;
    }

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
        assertTrue(length < 1000 * 32, "1000 like rules take " + length + " bytes");
    }

    @Test
    void magicAndVersion_areChecked() {
        byte[] bytes = RuleSetCodec.encode(RuleSet.EMPTY);
        byte[] magic = bytes.clone();
        magic[0] = 'X';
        assertEquals("not a rule set: this is no saved stack", malformed(magic));
        byte[] version = bytes.clone();
        version[11] = 99;
        assertTrue(malformed(version).startsWith("not a rule set: saved in version 99 of the format"));
    }

    @Test
    void everyPrefix_isRefused_asIsATail() {
        byte[] bytes = RuleSetCodec.encode(Policies.accepted(EVERYTHING));
        for (int length = 0; length < bytes.length; length++) {
            malformed(Arrays.copyOf(bytes, length));
        }
        malformed(Arrays.copyOf(bytes, bytes.length + 1));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertEquals("not a rule set: 1 bytes follow the end", malformed(sealed(longer)));
    }

    @Test
    void flippedBytes_areRefusedOrMakeAValidRuleSet() {
        byte[] bytes = RuleSetCodec.encode(Policies.accepted(EVERYTHING));
        Rng rng = Rng.seeded(42);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = bytes.clone();
            for (int flips = 1 + rng.nextInt(3); flips > 0; flips--) {
                changed[HEADER_BYTES + rng.nextInt(changed.length - HEADER_BYTES)] = (byte) rng.nextInt(256);
            }
            try {
                RuleSet decoded = RuleSetCodec.decode(ByteBuffer.wrap(sealed(changed)));
                assertEquals(List.of(), RuleSet.problems(decoded.tables()));
            } catch (MalformedRuleSetException e) {
                refused++;
            }
        }
        assertTrue(refused > 5000, "only " + refused + " of 20000 were refused");
    }

    @Test
    void hugeCounts_costNothing() {
        for (int chains : new int[] {Integer.MAX_VALUE, RuleSet.MAX_RULES}) {
            Archive archive = Archive.saving();
            archive.int32(1);
            archive.constant(TableName.FILTER);
            archive.constant(Family.IPV4);
            archive.int32(chains);
            String refusal = malformed(archive.toByteArray());
            String expected = chains == RuleSet.MAX_RULES ? "ends early" : "2147483647 of something";
            assertTrue(refusal.contains(expected), refusal);
        }
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
