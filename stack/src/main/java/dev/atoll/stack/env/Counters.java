package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a stack counts. Written under the hold; read from anywhere, where a value may be slightly old.
 *
 * <p>Plain fields: a counter costs an increment.
 */
// Ordinals index the array: reasons are never stored or compared across versions.
@SuppressWarnings("EnumOrdinal")
public final class Counters {
    private static final DropReason[] REASONS = DropReason.values();

    private final long[] drops = new long[REASONS.length];

    public long arpReceived;
    /** TCP segments that were joined to the one before them, and so are part of a packet that IP and the filter see. */
    public long segmentsJoined;

    public long ipReceived;
    public long ipSent;
    public long ipForwarded;
    public long ipReassembled;
    public long ipFragmented;
    public long fragmentsReceived;
    public long fragmentsRepeated;
    public long eventsLost;
    public long neighborsEvicted;
    /** Paths whose MTU, and destinations whose better first hop, was forgotten to make room for others. */
    public long pathMtusEvicted;

    public long redirectsEvicted;
    public long duplicateAddresses;
    public long addressConflicts;
    public long loopedProbes;
    public long advertisedBeyondLimit;
    public long icmpReceived;
    public long icmpSent;
    public long igmpReceived;
    public long rawReceived;
    public long udpReceived;
    public long udpSent;
    public long tcpSegmentsReceived;
    public long tcpSegmentsSent;
    public long tcpRetransmitted;
    public long tcpTimeouts;
    public long tcpFastRetransmits;
    public long tcpTailLossProbes;
    /** Recoveries undone because what looked lost had only been late. */
    public long tcpUndone;
    /** Segments a peer reported to have got twice (RFC 2883). */
    public long tcpDuplicatesReported;

    /** Probes of a path's MTU (RFC 4821) that arrived, and that were lost; and times that a black hole was suspected. */
    public long tcpMtuProbesArrived;

    public long tcpMtuProbesLost;
    public long tcpBlackHoles;

    public long tcpResetsSent;
    public long tcpResetsReceived;
    public long tcpActiveOpens;
    public long tcpPassiveOpens;
    public long tcpFailedConnects;
    public long tcpChallengeAcks;
    /** SYNs that asked for a shift of windows by more than 14, which counts as 14 (RFC 7323 section 2.3). */
    public long tcpWindowScalesTooLarge;
    /** SYNs answered without remembering them (RFC 4987), and how many of them came back rightly and wrongly. */
    public long tcpCookiesSent;

    public long tcpCookiesReceived;
    public long tcpCookiesFailed;
    public long tcpEstablished;

    public Counters() {}

    /** Counts one packet that went no further. */
    public void drop(DropReason reason) {
        drops[reason.ordinal()]++;
    }

    /** Packets that ended for that reason. */
    public long drops(DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** Packets that ended for any reason. */
    public long allDrops() {
        long sum = 0;
        for (long count : drops) {
            sum += count;
        }
        return sum;
    }

    /** Everything that is counted, by name, drops as {@code drop.REASON}; those that are 0 too. For reports and tools. */
    public Map<String, Long> snapshot() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (Field field : Counters.class.getFields()) {
            try {
                values.put(field.getName(), field.getLong(this));
            } catch (IllegalAccessException e) {
                throw new AssertionError(field.getName(), e);
            }
        }
        for (DropReason reason : REASONS) {
            values.put("drop." + reason, drops(reason));
        }
        return values;
    }

    /** All counts; while restoring they replace what was counted. */
    public void archive(Archive archive) {
        Field[] counted = Counters.class.getFields();
        Arrays.sort(counted, Comparator.comparing(Field::getName));
        for (Field field : counted) {
            try {
                field.setLong(this, archive.int64(field.getLong(this)));
            } catch (IllegalAccessException e) {
                throw new AssertionError(field.getName(), e);
            }
        }
        archive.int64s(drops);
    }
}
