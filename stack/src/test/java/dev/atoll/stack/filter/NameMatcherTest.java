package dev.atoll.stack.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code -m fqdn}: connections by the name that they were opened to. */
class NameMatcherTest {
    private static final IpAddress PUBLIC = Packets.SERVER;
    private static final IpAddress PRIVATE = IpAddress.parse("10.1.2.3");
    private static final Verdict.Kind ACCEPT = Verdict.Kind.ACCEPT;
    private static final Verdict.Kind DROP = Verdict.Kind.DROP;

    /** What a test says that names are. */
    private static final class Pins implements NamePins {
        private final Map<IpAddress, List<String>> names = new HashMap<>();
        private final List<String> received = new ArrayList<>();
        private @Nullable Origin refusal;

        @Override
        public List<String> namesOf(IpAddress address, long nowNs) {
            return names.getOrDefault(address, List.of());
        }

        @Override
        public @Nullable Origin refusal(PacketBuffer question, long nowNs) {
            return refusal;
        }

        @Override
        public void received(PacketBuffer answer, long nowNs) {
            received.add(new IpAddress(answer.sourceHigh, answer.sourceLow).toString());
        }
    }

    private final Pins pins = new Pins();
    private IpTables filter = new IpTables(Rng.seeded(1));
    private int nextPort = 40_000;

    private void rules(Matcher... matchers) {
        Rules rules = new Rules().policy(Hook.OUTPUT, ChainPolicy.DROP);
        for (Matcher matcher : matchers) {
            rules.add("OUTPUT", StandardTarget.ACCEPT, matcher);
        }
        filter.namePins(pins);
        filter.replace(rules.build());
    }

    private static NameMatcher name(String name) {
        return new NameMatcher(List.of(name), false, false);
    }

    private Verdict.Kind open(IpAddress to) {
        return send(nextPort++, to, Packets.SYN);
    }

    /** Opens a connection and has it answered: then it is known. */
    private Verdict.Kind openAnswered(int port, IpAddress to) {
        Verdict.Kind opened = send(port, to, Packets.SYN);
        PacketBuffer answer = Packets.tcp(to, 443, Packets.CLIENT, port, Packets.SYN | Packets.ACK);
        assertEquals(ACCEPT, filter.check(Hook.INPUT, answer, "eth0", null, 0).kind());
        return opened;
    }

    private Verdict.Kind send(int port, IpAddress to, int flags) {
        PacketBuffer packet = Packets.tcp(Packets.CLIENT, port, to, 443, flags);
        return filter.check(Hook.OUTPUT, packet, null, "eth0", 0).kind();
    }

    @Test
    void canonical_isSmallWithoutTheRootsDot_orNoName() {
        assertEquals("api.example.com", NameMatcher.canonical("API.Example.com."));
        assertEquals("*.example.com", NameMatcher.canonical("*.EXAMPLE.com"));
        assertEquals("_srv.a-b", NameMatcher.canonical("_srv.a-b"));
        for (String none : List.of(
                "", ".", "*", "*.", "a..b", "a.*.b", "*a.b", "a b", "b\u00fccher.example", "-.".repeat(2) + ".")) {
            assertNull(NameMatcher.canonical(none), none);
        }
        assertNull(NameMatcher.canonical("a".repeat(64) + ".com"));
        assertNull(NameMatcher.canonical("abcdefg.".repeat(32) + "com"));
    }

    @Test
    void covers_theNameItself_orThoseBelowAStar() {
        assertTrue(name("example.com").covers("example.com"));
        assertFalse(name("example.com").covers("www.example.com"));
        assertTrue(name("*.example.com").covers("www.example.com"));
        assertTrue(name("*.example.com").covers("a.b.example.com"));
        assertFalse(name("*.example.com").covers("example.com"));
        assertFalse(name("*.example.com").covers("evilexample.com"));
        assertFalse(name("*.example.com").covers(".example.com"));
    }

    @Test
    void isInternal_ofEveryRangeThatIsNotEverybodys() {
        for (String internal : List.of(
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.169.254",
                "172.31.255.255",
                "192.0.0.8",
                "192.168.1.1",
                "198.19.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fd00::1",
                "ff02::1",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::1",
                "2002:a00:1::1")) {
            assertTrue(NameMatcher.isInternal(IpAddress.parse(internal)), internal);
        }
        for (String open : List.of(
                "1.1.1.1",
                "100.128.0.1",
                "172.32.0.1",
                "192.0.2.7",
                "192.169.0.1",
                "198.20.0.1",
                "2001:db8::1",
                "64:ff9b::1.1.1.1",
                "2002:101:101::1")) {
            assertFalse(NameMatcher.isInternal(IpAddress.parse(open)), open);
        }
    }

    @Test
    void connection_toAnAddressOfTheName_passes_othersDoNot() {
        rules(name("api.example.com"));
        assertEquals(DROP, open(PUBLIC), "nothing was looked up");
        pins.names.put(PUBLIC, List.of("other.example.com", "api.example.com"));
        assertEquals(ACCEPT, open(PUBLIC));
        assertEquals(DROP, open(IpAddress.parse("192.0.2.8")));
    }

    @Test
    void liveConnection_outlivesTheName_andIsRestoredWithIt() {
        rules(name("api.example.com"));
        pins.names.put(PUBLIC, List.of("api.example.com"));
        assertEquals(ACCEPT, openAnswered(1, PUBLIC));
        pins.names.clear();
        assertEquals(ACCEPT, send(1, PUBLIC, Packets.ACK));
        assertEquals(DROP, send(2, PUBLIC, Packets.SYN), "a new one is none of the name's");
        Archive saved = Archive.saving();
        filter.archive(saved);
        filter = new IpTables(Rng.seeded(2));
        filter.namePins(pins);
        filter.archive(Archive.restoring(saved.toByteArray()));
        assertEquals(ACCEPT, send(1, PUBLIC, Packets.ACK));
        assertEquals(DROP, send(2, PUBLIC, Packets.SYN));
    }

    /** More rules than are asked each time: their ways are kept. */
    @Test
    void amongManyRules_laterPacketsFareAsTheFirst() {
        Matcher[] many = new Matcher[80];
        for (int i = 0; i < many.length; i++) {
            many[i] = name("n" + i + ".example.com");
        }
        rules(many);
        pins.names.put(PUBLIC, List.of("n79.example.com"));
        assertEquals(ACCEPT, openAnswered(1, PUBLIC));
        pins.names.clear();
        for (int i = 0; i < 3; i++) {
            assertEquals(ACCEPT, send(1, PUBLIC, Packets.ACK));
        }
        assertEquals(DROP, open(PUBLIC));
    }

    @Test
    void internalAddress_isOpenedOnlyIfTheRuleSaysSo() {
        pins.names.put(PRIVATE, List.of("api.example.com"));
        rules(name("api.example.com"));
        assertEquals(DROP, open(PRIVATE));
        rules(new NameMatcher(List.of("api.example.com"), false, true));
        assertEquals(ACCEPT, open(PRIVATE));
        rules(new NameMatcher(List.of("api.example.com"), true, false));
        assertEquals(DROP, open(PRIVATE), "negated it is the name all the same");
        assertEquals(ACCEPT, open(PUBLIC));
    }

    @Test
    void datagramsOfNameServers_areShown_whereRulesLetThemThrough() {
        rules(name("api.example.com"), new ProtocolMatcher(17, false));
        assertEquals(ACCEPT, ask().kind());
        PacketBuffer answer = Packets.udp(PUBLIC, 53, Packets.CLIENT, 5000);
        assertEquals(ACCEPT, filter.check(Hook.INPUT, answer, "eth0", null, 0).kind());
        assertEquals(List.of(PUBLIC.toString()), pins.received);

        pins.refusal = new Origin("strict", 1, "no");
        Verdict refused = ask();
        assertEquals(Verdict.Kind.REJECT, refused.kind());
        assertEquals(pins.refusal, refused.origin());

        rules(name("api.example.com"));
        assertEquals(DROP, ask().kind(), "what rules deny is not asked about");
    }

    private Verdict ask() {
        PacketBuffer question = Packets.udp(Packets.CLIENT, 5000, PUBLIC, 53);
        return filter.check(Hook.OUTPUT, question, null, "eth0", 0);
    }
}
