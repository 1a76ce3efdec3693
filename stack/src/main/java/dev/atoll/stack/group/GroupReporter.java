package dev.atoll.stack.group;

import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The host's part of IGMP or MLD on one NIC: tells of groups when they are joined or left, repeated once in case the
 * first report was lost, and when a router asks. While a router of an older version asks, it is answered in its version
 * (RFC 3376 section 7, RFC 3810 section 8). Groups are reported as a whole: source filters stay in the host.
 *
 * <p>As many groups as the NIC's {@link dev.atoll.stack.nic.GroupTable} allows, and at most {@link #MAX_LEAVING} whose
 * end is still to be repeated. Under the stack's hold.
 */
final class GroupReporter {
    /** Unsolicited reports of a change: the robustness variable's default (RFC 3376 section 8.1). */
    static final int ROBUSTNESS = 2;

    /** Unsolicited report interval of the newest versions, and of the older ones. */
    static final int INTERVAL_NS = 1_000_000_000;

    static final long OLD_INTERVAL_NS = 10_000_000_000L;

    /** How long after its query an older querier counts as present: robustness times 125 s, and 10 s. */
    static final long OLDER_PRESENT_NS = 260_000_000_000L;

    static final int MAX_LEAVING = 1024;

    private static final class State {
        final IpAddress group;
        final Timer timer;
        int recordType;
        int left;

        State(IpAddress group, GroupReporter reporter) {
            this.group = group;
            timer = reporter.cycle.newTimer(() -> reporter.expired(this));
        }
    }

    private final Device device;
    private final Cycle cycle;
    private final GroupMessages messages;
    private final int newestVersion;
    // Insertion-ordered, so that reports are the same in every run.
    private final Map<IpAddress, State> joined = new LinkedHashMap<>();
    private final Map<IpAddress, State> leaving = new LinkedHashMap<>();
    private final Timer queryTimer;
    private final long[] olderUntilNs;

    /**
     * @param newestVersion 3 for IGMP, 2 for MLD
     */
    GroupReporter(Device device, Cycle cycle, GroupMessages messages, int newestVersion) {
        this.device = device;
        this.cycle = cycle;
        this.messages = messages;
        this.newestVersion = newestVersion;
        olderUntilNs = new long[newestVersion];
        Arrays.fill(olderUntilNs, cycle.nowNs());
        queryTimer = cycle.newTimer(this::answerGeneralQuery);
    }

    private int version() {
        for (int version = 1; version < newestVersion; version++) {
            if (olderUntilNs[version] - cycle.nowNs() > 0) {
                return version;
            }
        }
        return newestVersion;
    }

    void join(IpAddress group) {
        if (!messages.isReported(group)) {
            return;
        }
        State gone = leaving.remove(group);
        if (gone != null) {
            gone.timer.dispose();
        }
        State state = new State(group, this);
        joined.put(group, state);
        state.recordType = GroupMessages.CHANGE_TO_EXCLUDE;
        state.left = ROBUSTNESS;
        send(state);
    }

    void leave(IpAddress group) {
        State state = joined.remove(group);
        if (state == null) {
            return;
        }
        state.timer.cancel();
        int version = version();
        if (version < newestVersion) {
            state.timer.dispose();
            messages.leaveOld(device, group, version);
            return;
        }
        state.recordType = GroupMessages.CHANGE_TO_INCLUDE;
        state.left = ROBUSTNESS;
        if (leaving.size() < MAX_LEAVING) {
            leaving.put(group, state);
        } else {
            state.left = 1;
        }
        send(state);
    }

    /** Everything that is still to be said is not said. */
    void stop() {
        queryTimer.dispose();
        joined.values().forEach(state -> state.timer.dispose());
        leaving.values().forEach(state -> state.timer.dispose());
        joined.clear();
        leaving.clear();
    }

    private void send(State state) {
        int version = version();
        if (version == newestVersion) {
            messages.report(device, state.recordType, List.of(state.group));
        } else if (state.recordType != GroupMessages.CHANGE_TO_INCLUDE) {
            messages.reportOld(device, state.group, version);
        }
        state.left--;
        if (state.left > 0) {
            long interval = version == newestVersion ? INTERVAL_NS : OLD_INTERVAL_NS;
            cycle.armIn(state.timer, 1 + (interval >>> 10) * cycle.rng().nextInt(1 << 10));
        } else if (state.recordType == GroupMessages.CHANGE_TO_INCLUDE) {
            state.timer.dispose();
            leaving.remove(state.group);
        }
    }

    private void expired(State state) {
        if (state.left == 0) {
            // The answer to a query about this group.
            state.recordType = GroupMessages.MODE_IS_EXCLUDE;
            state.left = 1;
        }
        send(state);
    }

    // --- Queries

    /**
     * A router asks.
     *
     * @param group the group it asks about, or an unspecified address for all
     * @param version the protocol version of its question
     */
    void queried(IpAddress group, int version, long maxResponseNs) {
        if (version < newestVersion) {
            olderUntilNs[version] = cycle.nowNs() + OLDER_PRESENT_NS;
        }
        long delay = (Math.max(maxResponseNs, 1 << 10) >>> 10) * cycle.rng().nextInt(1 << 10);
        if (!group.isUnspecified()) {
            State state = joined.get(group);
            if (state != null) {
                armEarlier(state.timer, delay);
            }
        } else if (version() == newestVersion) {
            armEarlier(queryTimer, delay);
        } else {
            for (State state : joined.values()) {
                armEarlier(
                        state.timer,
                        (Math.max(maxResponseNs, 1 << 10) >>> 10) * cycle.rng().nextInt(1 << 10));
            }
        }
    }

    private void armEarlier(Timer timer, long delayNs) {
        long deadlineNs = cycle.nowNs() + delayNs;
        if (!timer.isArmed() || timer.deadlineNs() - deadlineNs > 0) {
            timer.arm(deadlineNs);
        }
    }

    private void answerGeneralQuery() {
        if (!joined.isEmpty()) {
            messages.report(device, GroupMessages.MODE_IS_EXCLUDE, new ArrayList<>(joined.keySet()));
        }
    }

    /** Another host told an older router of the group: once is enough (RFC 2236 section 3, RFC 2710 section 4). */
    void reportedByOther(IpAddress group) {
        State state = joined.get(group);
        if (state != null && version() < newestVersion) {
            state.left = 0;
            state.timer.cancel();
        }
    }
}
