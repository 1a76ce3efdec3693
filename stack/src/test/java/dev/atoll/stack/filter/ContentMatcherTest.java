package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.Matcher.Result;
import dev.atoll.stack.filter.StringMatcher.Algorithm;
import dev.atoll.stack.filter.U32Matcher.Comparison;
import dev.atoll.stack.filter.U32Matcher.Operator;
import dev.atoll.stack.filter.U32Matcher.Step;
import dev.atoll.stack.filter.U32Matcher.Values;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Matchers that look at what is in packets, or leave it to chance or number. */
class ContentMatcherTest {
    private static final int HEADERS = 40;

    private static Result match(Matcher matcher, PacketBuffer packet) {
        PacketContext context = new PacketContext();
        context.rng(Rng.seeded(5));
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        return matcher.match(context);
    }

    /** A segment with that payload: the header's ports are 0x1234 and 80. */
    private static PacketBuffer segment(String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        byte[] transport = new byte[20 + bytes.length];
        ByteBuffer.wrap(transport).putInt(0, 0x1234_0050).put(12, (byte) 0x50).put(20, bytes);
        return Packets.ip(6, CLIENT, SERVER, 0, transport);
    }

    /** The same with its payload in pieces, as long as {@code linear} in the packet itself. */
    private static PacketBuffer inPieces(String payload, int linear) {
        PacketBuffer packet = segment(payload.substring(0, linear));
        byte[] rest = payload.substring(linear).getBytes(StandardCharsets.ISO_8859_1);
        int half = rest.length / 2;
        packet.addFragment(ByteBuffer.wrap(rest, 0, half));
        packet.addFragment(ByteBuffer.wrap(rest, half, rest.length - half));
        return packet;
    }

    /** The same as segments that were joined, the first with that much of it. */
    private static PacketBuffer joined(String payload, int first) {
        PacketBuffer packet = segment(payload.substring(0, first));
        PacketBuffer follower = segment(payload.substring(first));
        packet.joined = follower;
        packet.joinedSegments = 1;
        packet.joinedBytes = payload.length() - first;
        return packet;
    }

    private static StringMatcher string(String text, int from, int to, boolean ignoreCase, boolean negated) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new StringMatcher(Algorithm.KMP, new BytePattern(bytes, ignoreCase), from, to, negated);
    }

    private static StringMatcher string(String text) {
        return string(text, 0, StringMatcher.MAX_OFFSET, false, false);
    }

    @Test
    void string_isFoundAnywhere_alsoInHeaders_andNegatedElsewhere() {
        PacketBuffer packet = segment("GET /index HTTP/1.1");
        assertEquals(Result.YES, match(string("index"), packet));
        assertEquals(Result.YES, match(string("1.1"), packet));
        assertEquals(Result.YES, match(string("\u00124\0P"), packet));
        assertEquals(Result.NO, match(string("Index"), packet));
        assertEquals(Result.YES, match(string("Index", 0, 0xffff, false, true), packet));
    }

    @Test
    void string_hasToLieBetweenTheOffsets() {
        PacketBuffer packet = segment("GET /index HTTP/1.1");
        int at = HEADERS + 5;
        assertEquals(Result.YES, match(string("index", at, at + 5, false, false), packet));
        assertEquals(Result.NO, match(string("index", at + 1, 0xffff, false, false), packet));
        assertEquals(Result.NO, match(string("index", 0, at + 4, false, false), packet));
        assertEquals(Result.NO, match(string("index", 0, 0, false, false), packet));
    }

    @Test
    void string_ignoringCase_isThatOfLatin1() {
        PacketBuffer packet = segment("Stra\u00dfe \u00c4\u00f7 z{");
        assertEquals(Result.YES, match(string("sTRA", 0, 0xffff, true, false), packet));
        assertEquals(Result.YES, match(string("\u00e4\u00f7", 0, 0xffff, true, false), packet));
        assertEquals(Result.NO, match(string("\u00e4\u00d7", 0, 0xffff, true, false), packet));
        assertEquals(Result.NO, match(string("Z[", 0, 0xffff, true, false), packet));
        assertEquals(Result.NO, match(string("\u00e4\u00f7"), packet));
    }

    @Test
    void string_isFoundAcrossPieces() {
        String payload = "0123456789abcdef";
        for (int linear = 0; linear < payload.length(); linear++) {
            assertEquals(Result.YES, match(string("456789ab"), inPieces(payload, linear)));
            assertEquals(Result.NO, match(string("45678ab"), inPieces(payload, linear)));
            assertEquals(Result.YES, match(string("6789ab"), joined(payload, linear)));
            int at = HEADERS + 4;
            assertEquals(Result.YES, match(string("456789ab", at, at + 8, false, false), inPieces(payload, linear)));
            assertEquals(Result.NO, match(string("456789ab", at, at + 7, false, false), joined(payload, linear)));
        }
    }

    /** Patterns that repeat themselves, against the search of the JDK. */
    @Test
    void string_isFoundWhereverItIs() {
        Random random = new Random(3);
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n >= 0; n--) {
                text.append((char) ('x' + random.nextInt(2)));
            }
            StringBuilder pattern = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                pattern.append((char) ('x' + random.nextInt(2)));
            }
            boolean there = text.indexOf(pattern.toString()) >= 0;
            found += there ? 1 : 0;
            StringMatcher matcher = string(pattern.toString(), HEADERS, 0xffff, false, false);
            assertEquals(Matcher.of(there), match(matcher, segment(text.toString())), pattern + " in " + text);
        }
        assertTrue(found > 5_000 && found < 18_000, found + " were found");
    }

    private static U32Matcher u32(int start, List<Step> steps, Values... values) {
        return new U32Matcher(List.of(new Comparison(start, steps, List.of(values))), false);
    }

    /** The examples of iptables-extensions(8). */
    @Test
    void u32_computesAsItsManualSays() {
        PacketBuffer packet = segment("abcd");
        List<Step> protocol = List.of(new Step(Operator.AND, 0xff));
        assertEquals(Result.YES, match(u32(6, protocol, new Values(6, 6)), packet));
        assertEquals(Result.NO, match(u32(6, protocol, new Values(1, 5), new Values(7, 255)), packet));
        // 0>>22&0x3C@12>>26&0x3C@0=..., the first four bytes of the payload.
        List<Step> payload = List.of(
                new Step(Operator.RIGHT, 22),
                new Step(Operator.AND, 0x3c),
                new Step(Operator.AT, 12),
                new Step(Operator.RIGHT, 26),
                new Step(Operator.AND, 0x3c),
                new Step(Operator.AT, 0));
        assertEquals(Result.YES, match(u32(0, payload, new Values(0x61626364, 0x61626364)), packet));
        assertEquals(Result.NO, match(u32(0, payload, new Values(0, 0x61626363)), packet));
        assertEquals(
                Result.YES,
                match(u32(20, List.of(new Step(Operator.LEFT, 16)), new Values(0x500000, 0x500000)), packet));
    }

    @Test
    void u32_valuesHaveNoSign_andPlacesOutsideAreFalse() {
        PacketBuffer packet = segment("\u00ff\u00ff\u00ff\u00fe");
        assertEquals(Result.YES, match(u32(40, List.of(), new Values(0x7fffffff, -1)), packet));
        assertEquals(Result.NO, match(u32(40, List.of(), new Values(-1, -1)), packet));
        assertEquals(Result.NO, match(u32(41, List.of(), new Values(0, -1)), packet));
        assertEquals(Result.NO, match(u32(-1, List.of(), new Values(0, -1)), packet));
        assertEquals(Result.NO, match(u32(40, List.of(new Step(Operator.AT, 0)), new Values(0, -1)), packet));
        U32Matcher outside = new U32Matcher(List.of(new Comparison(41, List.of(), List.of(new Values(0, -1)))), true);
        assertEquals(Result.YES, match(outside, packet));
        assertThrows(IllegalArgumentException.class, () -> new Step(Operator.LEFT, 32));
    }

    @Test
    void u32_readsAcrossPieces() {
        for (int linear = 0; linear < 8; linear++) {
            for (PacketBuffer packet : List.of(inPieces("01234567", linear), joined("01234567", linear))) {
                assertEquals(
                        Result.YES, match(u32(HEADERS + 3, List.of(), new Values(0x33343536, 0x33343536)), packet));
                assertEquals(Result.YES, match(u32(HEADERS + 4, List.of(), new Values(0, -1)), packet));
                assertEquals(Result.NO, match(u32(HEADERS + 5, List.of(), new Values(0, -1)), packet));
            }
        }
    }

    private static PacketBuffer syn(int... options) {
        byte[] header = new byte[20 + options.length];
        header[12] = (byte) (header.length / 4 << 4);
        header[13] = (byte) (Packets.SYN | 0x40);
        for (int i = 0; i < options.length; i++) {
            header[20 + i] = (byte) options[i];
        }
        return Packets.ip(6, CLIENT, SERVER, 0, header);
    }

    private static TcpMatcher option(int kind, boolean negated) {
        return new TcpMatcher(PortRange.ANY, PortRange.ANY, 0, 0, false, kind, negated);
    }

    @Test
    void tcpOption_isLookedForByItsKind() {
        PacketBuffer packet = syn(1, 3, 3, 7, 2, 4, 5, 0xb4);
        for (int kind : new int[] {1, 2, 3}) {
            assertEquals(Result.YES, match(option(kind, false), packet));
            assertEquals(Result.NO, match(option(kind, true), packet));
        }
        assertEquals(Result.NO, match(option(7, false), packet), "a value is no kind");
        assertEquals(Result.YES, match(option(7, true), packet));
        assertEquals(Result.NO, match(option(8, false), syn()));
        byte[] claimsMore = new byte[20];
        claimsMore[12] = 0x60;
        assertEquals(Result.HOTDROP, match(option(8, false), Packets.ip(6, CLIENT, SERVER, 0, claimsMore)));
    }

    @Test
    void segmentSize_isThatOfTheOption() {
        PacketBuffer packet = syn(1, 3, 3, 7, 2, 4, 5, 0xb4);
        assertEquals(Result.YES, match(new TcpMssMatcher(1460, 1460, false), packet));
        assertEquals(Result.NO, match(new TcpMssMatcher(0, 1459, false), packet));
        assertEquals(Result.YES, match(new TcpMssMatcher(1461, 0xffff, true), packet));
        assertEquals(Result.NO, match(new TcpMssMatcher(0, 0xffff, false), syn()));
        assertEquals(Result.YES, match(new TcpMssMatcher(0, 0xffff, true), syn()));
        assertEquals(Result.YES, match(new TcpMssMatcher(0, 0xffff, true), syn(2, 3, 5, 0)), "of a wrong length");
        PacketBuffer cut = Packets.ip(6, CLIENT, SERVER, 0, new byte[12]);
        assertEquals(Result.HOTDROP, match(new TcpMssMatcher(0, 0xffff, true), cut));
    }

    @Test
    void fragments_areThoseBehindTheFirst() {
        PacketBuffer first = Packets.ip(17, CLIENT, SERVER, 0x2000, new byte[8]);
        PacketBuffer later = Packets.ip(17, CLIENT, SERVER, 0x2001, new byte[8]);
        assertEquals(Result.NO, match(new FragmentMatcher(false), first));
        assertEquals(Result.YES, match(new FragmentMatcher(false), later));
        assertEquals(Result.YES, match(new FragmentMatcher(true), first));
        assertEquals(Result.NO, match(new FragmentMatcher(true), later));
    }

    @Test
    void congestionBits_areThoseOfBothHeaders() {
        PacketBuffer packet = syn();
        packet.data().put(packet.networkOffset + 1, (byte) 0xba);
        EcnMatcher.Flag any = EcnMatcher.Flag.ANY;
        assertEquals(Result.YES, match(new EcnMatcher(any, any, 2, false), packet));
        assertEquals(Result.NO, match(new EcnMatcher(any, any, 2, true), packet));
        assertEquals(Result.YES, match(new EcnMatcher(EcnMatcher.Flag.CLEAR, EcnMatcher.Flag.SET, 2, false), packet));
        assertEquals(Result.NO, match(new EcnMatcher(EcnMatcher.Flag.SET, EcnMatcher.Flag.SET, -1, false), packet));
        assertEquals(Result.NO, match(new EcnMatcher(any, EcnMatcher.Flag.CLEAR, -1, false), packet));
        assertEquals(6, new EcnMatcher(any, EcnMatcher.Flag.CLEAR, -1, false).requiredProtocol());
        assertEquals(Matcher.ANY_PROTOCOL, new EcnMatcher(any, any, 2, false).requiredProtocol());
    }

    @Test
    void securityIndex_isWhereItsHeaderHasIt() {
        byte[] transport = new byte[12];
        ByteBuffer.wrap(transport).putInt(0, -2).putInt(4, 7);
        PacketBuffer esp = Packets.ip(50, CLIENT, SERVER, 0, transport);
        SpiMatcher.Header inEsp = SpiMatcher.Header.ESP;
        assertEquals(Result.YES, match(new SpiMatcher(inEsp, SpiMatcher.MOST - 1, SpiMatcher.MOST, false), esp));
        assertEquals(Result.NO, match(new SpiMatcher(inEsp, 0, SpiMatcher.MOST - 2, false), esp));
        assertEquals(Result.YES, match(new SpiMatcher(inEsp, 7, 7, true), esp));
        PacketBuffer ah = Packets.ip(51, CLIENT, SERVER, 0, transport);
        assertEquals(Result.YES, match(new SpiMatcher(SpiMatcher.Header.AH, 7, 7, false), ah));
        SpiMatcher all = new SpiMatcher(inEsp, 0, SpiMatcher.MOST, false);
        assertEquals(Result.HOTDROP, match(all, Packets.ip(50, CLIENT, SERVER, 0, new byte[7])));
        assertEquals(Result.NO, match(all, Packets.ip(50, CLIENT, SERVER, 1, new byte[8])));
        assertEquals(51, new SpiMatcher(SpiMatcher.Header.AH, 1, 1, false).requiredProtocol());
    }

    @Test
    void chance_isThatOfTheProbability() {
        PacketBuffer packet = segment("");
        PacketContext context = new PacketContext();
        context.rng(Rng.seeded(9));
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        for (long share : new long[] {0, 1, 2, 3, 4}) {
            int hits = 0;
            int misses = 0;
            for (int i = 0; i < 4_000; i++) {
                long probability = RandomMatcher.CERTAIN / 4 * share;
                hits += new RandomMatcher(probability, false).match(context) == Result.YES ? 1 : 0;
                misses += new RandomMatcher(probability, true).match(context) == Result.YES ? 1 : 0;
            }
            assertEquals(1_000.0 * share, hits, share % 4 == 0 ? 0 : 150);
            assertEquals(4_000 - 1_000.0 * share, misses, share % 4 == 0 ? 0 : 150);
        }
    }

    @Test
    void nth_isEachRulesOwnCount() {
        Matcher third = new NthMatcher(3, 2, false).inForce();
        Matcher notFirst = new NthMatcher(3, 0, true).inForce();
        List<Result> thirds = new ArrayList<>();
        List<Result> others = new ArrayList<>();
        PacketBuffer packet = segment("");
        for (int i = 0; i < 6; i++) {
            thirds.add(match(third, packet));
            others.add(match(notFirst, packet));
        }
        Result yes = Result.YES;
        Result no = Result.NO;
        assertEquals(List.of(no, no, yes, no, no, yes), thirds);
        assertEquals(List.of(no, yes, yes, no, yes, yes), others);
        assertThrows(IllegalArgumentException.class, () -> new NthMatcher(3, 3, false));
    }
}
