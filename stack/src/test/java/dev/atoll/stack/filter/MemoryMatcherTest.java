package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.RST;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.RecentMatcher.Action;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Matchers that remember packets by address, and those that look at the wall clock. */
class MemoryMatcherTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IpAddress OTHER = IpAddress.parse("203.0.113.5");
    private static final IpAddress ALL = IpAddress.V4_BROADCAST;

    private IpTables tables = new IpTables(Rng.seeded(1));
    private long nowNs = 100 * SECOND;

    private static RuleSet rules(Matcher... matchers) {
        Rules rules = new Rules();
        for (Matcher matcher : matchers) {
            rules.add("INPUT", StandardTarget.NONE, matcher);
        }
        return rules.build();
    }

    private void load(Matcher... matchers) {
        tables.replace(rules(matchers));
    }

    private void send(PacketBuffer packet) {
        assertEquals(
                Verdict.Kind.ACCEPT,
                tables.check(Hook.INPUT, packet, "eth0", null, nowNs).kind());
    }

    private void sendFrom(IpAddress source) {
        send(Packets.udp(source, 1000, SERVER, 53));
    }

    /** How many packets a rule has matched. */
    private long matched(int rule) {
        for (ChainCounters chain : tables.counters()) {
            if (chain.chain().name().equals("INPUT")) {
                return chain.rules().get(rule).packets();
            }
        }
        throw new AssertionError("no chain INPUT");
    }

    /** Goes on with what was saved, in another filter. */
    private void saveAndRestore() {
        Archive saved = Archive.saving();
        tables.archive(saved);
        saved.end();
        tables = new IpTables(Rng.seeded(2));
        Archive archive = Archive.restoring(saved.toByteArray());
        tables.archive(archive);
        archive.end();
    }

    private static RecentMatcher recent(Action action, long seconds, int hits) {
        return new RecentMatcher(action, "seen", false, ALL, seconds, hits, false, false, false);
    }

    @Test
    void recent_checksWhatAnotherRuleNoted_alsoAfterRestoring() {
        load(recent(Action.CHECK, 0, 0), recent(Action.SET, 0, 0));
        sendFrom(CLIENT);
        assertEquals(0, matched(0));
        sendFrom(CLIENT);
        sendFrom(OTHER);
        assertEquals(1, matched(0));
        assertEquals(3, matched(1));
        saveAndRestore();
        sendFrom(OTHER);
        assertEquals(2, matched(0));
    }

    @Test
    void recent_hitsAreCountedWithinTheirTime() {
        load(recent(Action.CHECK, 60, 3), recent(Action.SET, 0, 0));
        for (int i = 0; i < 4; i++) {
            sendFrom(CLIENT);
            nowNs += 10 * SECOND;
        }
        assertEquals(1, matched(0));
        nowNs += 60 * SECOND;
        sendFrom(CLIENT);
        assertEquals(1, matched(0));
    }

    @Test
    void recent_updateNotesOnlyWhatMatches_andRemoveForgets() {
        load(recent(Action.UPDATE, 60, 0), recent(Action.SET, 0, 0));
        sendFrom(CLIENT);
        tables.replace(rules(recent(Action.SET, 0, 0), recent(Action.REMOVE, 0, 0), recent(Action.CHECK, 0, 0)));
        sendFrom(CLIENT);
        assertEquals(1, matched(1));
        assertEquals(0, matched(2));
    }

    @Test
    void recent_hundredAddresses_oldestMakesRoom() {
        load(recent(Action.CHECK, 0, 0), recent(Action.SET, 0, 0));
        for (int i = 0; i < 101; i++) {
            sendFrom(IpAddress.v4(0x0a00_0000 + i));
        }
        assertEquals(0, matched(0));
        sendFrom(IpAddress.v4(0x0a00_0000));
        assertEquals(0, matched(0));
        sendFrom(IpAddress.v4(0x0a00_0000 + 100));
        assertEquals(1, matched(0));
    }

    @Test
    void recent_listWithTwoMasks_isRefused() {
        RecentMatcher other = new RecentMatcher(
                Action.SET, "seen", false, IpAddress.parse("255.255.255.0"), 0, 0, false, false, false);
        assertThrows(IllegalArgumentException.class, () -> rules(recent(Action.SET, 0, 0), other));
    }

    private static HashLimitMatcher.Settings settings(boolean bytes, long cost, long burst, int most) {
        return new HashLimitMatcher.Settings(
                "table", Family.IPV4, HashLimitMatcher.SOURCE, bytes, cost, burst, most, most, 1000, 60_000, 32, 32, 0);
    }

    private static HashLimitMatcher perMinute(int burst, boolean above) {
        return new HashLimitMatcher(settings(false, 60_000_000, burst, 0), above);
    }

    @Test
    void hashLimit_eachSourceHasItsBurst_andCreditComesBack_alsoAfterRestoring() {
        load(perMinute(2, false));
        for (int i = 0; i < 3; i++) {
            sendFrom(CLIENT);
            sendFrom(OTHER);
        }
        assertEquals(4, matched(0));
        saveAndRestore();
        nowNs += 59 * SECOND;
        sendFrom(CLIENT);
        assertEquals(4, matched(0));
        nowNs += SECOND;
        sendFrom(CLIENT);
        sendFrom(CLIENT);
        assertEquals(5, matched(0));
    }

    @Test
    void hashLimit_rulesOfOneName_shareWhatTheyCount() {
        load(perMinute(3, false), perMinute(3, true));
        sendFrom(CLIENT);
        sendFrom(CLIENT);
        assertEquals(2, matched(0));
        assertEquals(1, matched(1));
    }

    @Test
    void hashLimit_entryThatExpired_beginsAnew() {
        HashLimitMatcher.Settings hourly = new HashLimitMatcher.Settings(
                "table", Family.IPV4, HashLimitMatcher.SOURCE, false, 3_600_000_000L, 1, 0, 0, 1000, 60_000, 32, 32, 0);
        load(new HashLimitMatcher(hourly, false));
        sendFrom(CLIENT);
        sendFrom(CLIENT);
        assertEquals(1, matched(0));
        nowNs += 62 * SECOND;
        sendFrom(CLIENT);
        assertEquals(2, matched(0));
    }

    @Test
    void hashLimit_fullTable_dropsWhatWouldNeedAnEntry_untilOthersExpire() {
        load(new HashLimitMatcher(settings(false, 60_000_000, 2, 16), false));
        for (int i = 0; i < 16; i++) {
            sendFrom(IpAddress.v4(0x0a00_0000 + i));
        }
        PacketBuffer packet = Packets.udp(OTHER, 1000, SERVER, 53);
        assertEquals(
                Verdict.Kind.DROP,
                tables.check(Hook.INPUT, packet, "eth0", null, nowNs).kind());
        nowNs += 62 * SECOND;
        sendFrom(OTHER);
        assertEquals(17, matched(0));
    }

    @Test
    void hashLimit_bytes_areCountedInPieces() {
        // 1024 bytes a second: 2^32 by 65.
        load(new HashLimitMatcher(settings(true, 0xffff_ffffL / 65, 0, 0), false));
        for (int i = 0; i < 100; i++) {
            sendFrom(CLIENT);
        }
        // In pieces of 16, the last of which is never full; 65 of them come in a second.
        int pieces = Packets.udp(CLIENT, 1000, SERVER, 53).length() / 16 + 1;
        assertEquals(65 / pieces, matched(0));
    }

    @Test
    void connLimit_countsTheConnectionsThatAreThere_alsoAfterRestoring() {
        load(new ConnLimitMatcher(2, true, 128, false));
        for (int port = 1; port <= 3; port++) {
            send(Packets.tcp(CLIENT, port, SERVER, 80, SYN));
            send(Packets.tcp(CLIENT, port, SERVER, 80, SYN));
        }
        assertEquals(2, matched(0));
        send(Packets.tcp(OTHER, 1, SERVER, 80, SYN));
        assertEquals(2, matched(0));
        saveAndRestore();
        send(Packets.tcp(CLIENT, 4, SERVER, 80, SYN));
        assertEquals(3, matched(0));
        nowNs += 600 * SECOND;
        send(Packets.tcp(CLIENT, 5, SERVER, 80, SYN));
        assertEquals(3, matched(0));
    }

    @Test
    void connLimit_connectionThatWasReset_isOver() {
        load(new ConnLimitMatcher(1, true, 128, false));
        send(Packets.tcp(CLIENT, 1, SERVER, 80, SYN));
        assertEquals(
                Verdict.Kind.ACCEPT,
                tables.check(Hook.OUTPUT, Packets.tcp(SERVER, 80, CLIENT, 1, RST | ACK), null, "eth0", nowNs)
                        .kind());
        send(Packets.tcp(CLIENT, 2, SERVER, 80, SYN));
        assertEquals(0, matched(0));
        send(Packets.tcp(CLIENT, 3, SERVER, 80, SYN));
        assertEquals(1, matched(0));
    }

    @Test
    void connLimit_packetTooShortToNameItsConnection_isDropped() {
        load(new ConnLimitMatcher(0, true, 0, false));
        assertEquals(Verdict.Kind.DROP, verdictOfBytes(IpProtocol.TCP, 3));
        assertEquals(Verdict.Kind.DROP, verdictOfBytes(IpProtocol.UDP, 3));
        assertEquals(Verdict.Kind.DROP, verdictOfBytes(IpProtocol.ICMP, 7));
        assertEquals(0, matched(0));
        // Not tracked either, but ports are all that is asked for.
        assertEquals(Verdict.Kind.ACCEPT, verdictOfBytes(IpProtocol.TCP, 4));
        assertEquals(Verdict.Kind.ACCEPT, verdictOfBytes(IpProtocol.UDP, 4));
        assertEquals(Verdict.Kind.ACCEPT, verdictOfBytes(IpProtocol.ICMP, 8));
        assertEquals(Verdict.Kind.ACCEPT, verdictOfBytes(IpProtocol.GRE, 0));
        assertEquals(4, matched(0));
    }

    private Verdict.Kind verdictOfBytes(int protocol, int lengthBytes) {
        PacketBuffer packet = Packets.ip(protocol, CLIENT, SERVER, 0, new byte[lengthBytes]);
        return tables.check(Hook.INPUT, packet, "eth0", null, nowNs).kind();
    }

    private static boolean matchesAt(TimeMatcher matcher, LocalDateTime time) {
        PacketContext context = new PacketContext();
        context.clock(new ManualClock(0, TimeUnit.SECONDS.toNanos(time.toEpochSecond(ZoneOffset.UTC))));
        context.begin(Hook.INPUT, Packets.udp(CLIENT, 1, SERVER, 2), "eth0", null, 0);
        return matcher.match(context) == Matcher.Result.YES;
    }

    private static TimeMatcher time(int first, int last, int monthDays, int weekDays, boolean contiguous) {
        return new TimeMatcher(0, TimeMatcher.LAST_SECOND, first, last, monthDays, weekDays, contiguous, false);
    }

    @Test
    void time_daysAreThoseOfTheCalendar() {
        for (LocalDate day = LocalDate.of(1970, 1, 1); day.getYear() < 2038; day = day.plusDays(1)) {
            LocalDateTime noon = day.atTime(12, 0);
            int monthDay = 1 << day.getDayOfMonth();
            int weekDay = 1 << day.getDayOfWeek().getValue();
            int all = TimeMatcher.ALL_MONTH_DAYS;
            assertEquals(true, matchesAt(time(0, TimeMatcher.DAY_LAST, monthDay, weekDay, false), noon), day + "");
            assertEquals(false, matchesAt(time(0, TimeMatcher.DAY_LAST, all & ~monthDay, weekDay, false), noon));
            assertEquals(
                    false,
                    matchesAt(time(0, TimeMatcher.DAY_LAST, all, TimeMatcher.ALL_WEEK_DAYS & ~weekDay, false), noon));
        }
    }

    @Test
    void time_overMidnight_isOfTheDayItBeginsAtIfContiguous() {
        int monday = 1 << DayOfWeek.MONDAY.getValue();
        int all = TimeMatcher.ALL_MONTH_DAYS;
        LocalDateTime mondayNight = LocalDateTime.of(2024, 1, 1, 23, 30);
        LocalDateTime tuesdayMorning = LocalDateTime.of(2024, 1, 2, 0, 30);
        TimeMatcher night = time(23 * 3600, 3600, all, monday, true);
        assertEquals(true, matchesAt(night, mondayNight));
        assertEquals(true, matchesAt(night, tuesdayMorning));
        assertEquals(false, matchesAt(night, tuesdayMorning.plusHours(1)));
        TimeMatcher byDay = time(23 * 3600, 3600, all, monday, false);
        assertEquals(false, matchesAt(byDay, tuesdayMorning));
        assertEquals(true, matchesAt(byDay, mondayNight.minusHours(23)));
    }

    @Test
    void time_datesAreInclusive() {
        LocalDateTime first = LocalDateTime.of(2020, 2, 29, 1, 2, 3);
        long second = first.toEpochSecond(ZoneOffset.UTC);
        TimeMatcher matcher = new TimeMatcher(
                second,
                second + 1,
                0,
                TimeMatcher.DAY_LAST,
                TimeMatcher.ALL_MONTH_DAYS,
                TimeMatcher.ALL_WEEK_DAYS,
                false,
                false);
        assertEquals(false, matchesAt(matcher, first.minusSeconds(1)));
        assertEquals(true, matchesAt(matcher, first));
        assertEquals(true, matchesAt(matcher, first.plusSeconds(1)));
        assertEquals(false, matchesAt(matcher, first.plusSeconds(2)));
    }
}
