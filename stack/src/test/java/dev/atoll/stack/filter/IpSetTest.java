package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.Matcher.Result;
import dev.atoll.stack.filter.SetMatcher.Counting;
import dev.atoll.stack.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IpSetTest {
    private static final int SOURCE = 1;
    private static final int DESTINATION = 0;
    private static final int TCP = 6;
    private static final int ICMP = 1;

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    private static IpSet.Builder set(IpSet.Kind kind) {
        return new IpSet.Builder("s", kind, Family.IPV4);
    }

    private static Result match(SetMatcher matcher, PacketBuffer packet) {
        PacketContext context = new PacketContext();
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        return matcher.match(context);
    }

    private static SetMatcher matcher(IpSet set, int sides, int dimensions) {
        return new SetMatcher(set, sides, dimensions, false, false, Counting.ALL);
    }

    private static Result toDestination(IpSet set, String destination) {
        return match(matcher(set, DESTINATION, 1), Packets.tcp(CLIENT, 1, ip(destination), 80, Packets.SYN));
    }

    @Test
    void addresses_matchTheSideThatIsAsked_andNegatedTheOthers() {
        IpSet.Builder builder = set(IpSet.Kind.HASH_IP);
        assertTrue(builder.add(SERVER, 32, false));
        assertFalse(builder.add(SERVER, 32, false));
        IpSet set = builder.build();
        PacketBuffer packet = Packets.tcp(CLIENT, 1000, SERVER, 80, Packets.SYN);
        assertEquals(Result.YES, match(matcher(set, DESTINATION, 1), packet));
        assertEquals(Result.NO, match(matcher(set, SOURCE, 1), packet));
        assertEquals(Result.YES, match(new SetMatcher(set, SOURCE, 1, true, false, Counting.ALL), packet));
        assertEquals(1, set.size());
    }

    @Test
    void networks_narrowestDecides_andReturnNomatchAsksForTheExcluded() {
        IpSet.Builder builder = set(IpSet.Kind.HASH_NET);
        assertTrue(builder.add(ip("10.0.0.0"), 8, false));
        assertTrue(builder.add(ip("10.1.2.3"), 16, true));
        assertTrue(builder.add(ip("10.1.7.7"), 32, false));
        IpSet set = builder.build();
        assertEquals(Result.YES, toDestination(set, "10.9.9.9"));
        assertEquals(Result.NO, toDestination(set, "10.1.0.1"));
        assertEquals(Result.YES, toDestination(set, "10.1.7.7"));
        assertEquals(Result.NO, toDestination(set, "11.0.0.0"));
        SetMatcher excluded = new SetMatcher(set, DESTINATION, 1, false, true, Counting.ALL);
        assertEquals(Result.YES, match(excluded, Packets.tcp(CLIENT, 1, ip("10.1.0.1"), 80, Packets.SYN)));
        assertEquals(Result.NO, match(excluded, Packets.tcp(CLIENT, 1, ip("10.9.0.1"), 80, Packets.SYN)));
        assertEquals(Result.NO, match(excluded, Packets.tcp(CLIENT, 1, ip("11.9.0.1"), 80, Packets.SYN)));
    }

    @Test
    void ports_areThoseOfTheSecondSide_ofIcmpTypeAndCode() {
        IpSet.Builder builder = set(IpSet.Kind.HASH_IP_PORT);
        assertTrue(builder.add(SERVER, TCP, 80));
        assertTrue(builder.add(SERVER, ICMP, 8 << 8));
        assertTrue(builder.add(SERVER, 99, 0));
        IpSet set = builder.build();
        PacketBuffer packet = Packets.tcp(CLIENT, 1000, SERVER, 80, Packets.SYN);
        assertEquals(Result.YES, match(matcher(set, 0b00, 2), packet));
        assertEquals(Result.NO, match(matcher(set, 0b10, 2), packet));
        assertEquals(Result.NO, match(matcher(set, 0b00, 2), Packets.udp(CLIENT, 1000, SERVER, 80)));
        assertEquals(Result.YES, match(matcher(set, 0b00, 2), Packets.icmp(CLIENT, SERVER, 8, 0, 1)));
        assertEquals(Result.NO, match(matcher(set, 0b00, 2), Packets.icmp(CLIENT, SERVER, 8, 1, 1)));
        assertEquals(Result.YES, match(matcher(set, 0b00, 2), Packets.ip(99, CLIENT, SERVER, 0, new byte[4])));
    }

    @Test
    void portOfACutHeader_isNoneOfTheSet() {
        IpSet.Builder builder = set(IpSet.Kind.HASH_IP_PORT);
        assertTrue(builder.add(SERVER, TCP, 0));
        SetMatcher matcher = matcher(builder.build(), 0, 2);
        assertEquals(Result.NO, match(matcher, Packets.ip(TCP, CLIENT, SERVER, 0, new byte[19])));
        assertEquals(Result.YES, match(matcher, Packets.ip(TCP, CLIENT, SERVER, 0, new byte[20])));
    }

    @Test
    void list_hasWhatOneOfItsSetsHas_asFarAsTheRuleSaysEnough() {
        IpSet.Builder addresses = new IpSet.Builder("a", IpSet.Kind.HASH_IP, Family.IPV4);
        assertTrue(addresses.add(ip("10.0.0.1"), 32, false));
        IpSet.Builder ports = new IpSet.Builder("p", IpSet.Kind.HASH_IP_PORT, Family.IPV4);
        assertTrue(ports.add(SERVER, TCP, 80));
        IpSet.Builder v6 = new IpSet.Builder("v6", IpSet.Kind.HASH_NET, Family.IPV6);
        assertTrue(v6.add(ip("2001:db8::1"), 32, false));
        IpSet.Builder list = new IpSet.Builder("l", IpSet.Kind.LIST, null);
        assertTrue(list.add(v6.build()));
        assertTrue(list.add(addresses.build()));
        IpSet portSet = ports.build();
        assertTrue(list.add(portSet));
        assertFalse(list.add(portSet));
        IpSet set = list.build();
        assertEquals(Result.YES, toDestination(set, "10.0.0.1"));
        PacketBuffer packet = Packets.tcp(CLIENT, 1000, SERVER, 80, Packets.SYN);
        assertEquals(Result.NO, match(matcher(set, 0, 1), packet));
        assertEquals(Result.YES, match(matcher(set, 0, 2), packet));
        assertThrows(IllegalArgumentException.class, () -> matcher(portSet, 0, 1));
    }

    @Test
    void randomNetworks_haveWhatASearchThroughAllFinds() {
        Rng rng = Rng.seeded(7);
        for (int round = 0; round < 20; round++) {
            IpSet.Builder builder = set(IpSet.Kind.HASH_NET);
            long[] networks = new long[200];
            for (int i = 0; i < networks.length; i++) {
                int length = 8 + rng.nextInt(25);
                int bits = (rng.nextInt(1 << 10) << 22 | rng.nextInt(1 << 12)) & -1 << 32 - length;
                boolean unused = builder.add(IpAddress.v4(bits), length, false);
                networks[i] = (long) bits << 8 | length;
            }
            IpSet set = builder.build();
            for (int i = 0; i < 500; i++) {
                int bits = rng.nextInt(1 << 10) << 22 | rng.nextInt(1 << 12);
                boolean expected = false;
                for (long network : networks) {
                    expected |= (int) (network >> 8) == (bits & -1 << 32 - (int) (network & 0xff));
                }
                assertEquals(
                        Matcher.of(expected),
                        toDestination(set, IpAddress.v4(bits).toString()));
            }
        }
    }

    @Test
    void manyElements_areAllFound_andNoOthers() {
        Rng rng = Rng.seeded(3);
        IpSet.Builder builder = new IpSet.Builder("s", IpSet.Kind.HASH_IP, Family.IPV4);
        Set<Integer> all = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            int bits = rng.nextInt(Integer.MAX_VALUE);
            assertEquals(all.add(bits), builder.add(IpAddress.v4(bits), 32, false));
        }
        IpSet set = builder.build();
        assertEquals(all.size(), set.size());
        for (int bits : all) {
            assertEquals(Result.YES, toDestination(set, IpAddress.v4(bits).toString()));
        }
        for (int i = 0; i < 1000; i++) {
            int bits = rng.nextInt(Integer.MAX_VALUE);
            assertEquals(
                    Matcher.of(all.contains(bits)),
                    toDestination(set, IpAddress.v4(bits).toString()));
        }
    }

    @Test
    void archive_writesASetOnce_andGivesItBack() {
        IpSet.Builder builder = set(IpSet.Kind.HASH_NET);
        for (int i = 0; i < 1000; i++) {
            assertTrue(builder.add(IpAddress.v4(i << 12), 20 + i % 13, i % 3 == 0));
        }
        SetMatcher matcher = matcher(builder.build(), 0, 1);
        RuleSet rules = new Rules()
                .add("OUTPUT", StandardTarget.DROP, matcher)
                .add("INPUT", StandardTarget.DROP, matcher)
                .build();
        Archive archive = Archive.saving();
        RuleSet.archive(archive, rules);
        byte[] saved = archive.toByteArray();
        assertTrue(saved.length < 1000 * 10 + 1000, "1000 elements take " + saved.length + " bytes");
        RuleSet restored = RuleSet.archive(Archive.restoring(saved), null);
        assertEquals(rules, restored);
        assertEquals(rules.hashCode(), restored.hashCode());
    }

    @Test
    void sets_differByAnElement() {
        IpSet.Builder one = set(IpSet.Kind.HASH_NET);
        assertTrue(one.add(ip("10.0.0.0"), 8, false));
        IpSet.Builder other = set(IpSet.Kind.HASH_NET);
        assertTrue(other.add(ip("10.0.0.0"), 8, true));
        assertNotEquals(one.build(), other.build());
    }
}
