package dev.atoll.stack.group;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.GroupTable;
import dev.atoll.stack.nic.SourceFilter;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host's part of IGMP or MLD on one NIC: tells whose packets to which groups are wanted when that changes, repeated
 * in case the first report was lost, and when a router asks (RFC 3376 section 5, RFC 3810 section 6). While a router of
 * an older version asks, it is answered in its version, which knows no senders (RFC 3376 section 7, RFC 3810 section
 * 8).
 *
 * <p>As many groups as the NIC's {@link GroupTable} allows, at most {@link #MAX_LEAVING} whose end
 * is still to be repeated, and at most {@link #MAX_ASKED} senders of a group in a query that is to be answered. Under
 * the stack's hold.
 */
final class GroupReporter {
    /** Reports of a change: the robustness variable's default (RFC 3376 section 8.1), unless a router says otherwise. */
    static final int ROBUSTNESS = 2;

    /** Seconds between a router's queries, by default (RFC 3376 section 8.2). */
    static final int QUERY_INTERVAL_SECONDS = 125;

    /** Unsolicited report interval of the newest versions, and of the older ones. */
    static final long INTERVAL_NS = 1_000_000_000L;

    static final long OLD_INTERVAL_NS = 10_000_000_000L;

    static final int MAX_LEAVING = 1024;

    /** A query about more senders is answered for the whole group. */
    static final int MAX_ASKED = 256;

    /** Groups that have members, those that are left, and the one that is being left. */
    private static final int MAX_STATES = GroupTable.MAX_MEMBERSHIPS + MAX_LEAVING + 1;

    /** More senders than members of one group can take or leave while their changes are repeated. */
    private static final int MAX_CHANGES = 1 << 16;

    private static final long SECOND_NS = 1_000_000_000L;

    /**
     * A router's question.
     *
     * @param group the group it asks about, or an unspecified address for all
     * @param sources the senders it asks about, or none for all
     * @param version the protocol version of its question
     * @param robustness its robustness variable, or 0 if it does not say
     * @param intervalSeconds its query interval, or 0 if it does not say
     */
    record Query(
            IpAddress group,
            List<IpAddress> sources,
            int version,
            long maxResponseNs,
            int robustness,
            long intervalSeconds) {}

    private static final class Change {
        final IpAddress source;
        int left;

        Change(IpAddress source, int left) {
            this.source = source;
            this.left = left;
        }
    }

    private static final class State {
        final IpAddress group;
        /** What routers were told last. */
        SourceFilter told = SourceFilter.NONE;
        /** How often the mode is still to be told, and which senders. */
        int modeLeft;

        final List<Change> changes = new ArrayList<>();
        /** The senders a query that is to be answered asked about; none for all. */
        final List<IpAddress> asked = new ArrayList<>();

        final Timer changeTimer;
        final Timer queryTimer;

        State(IpAddress group, GroupReporter reporter) {
            this.group = group;
            changeTimer = reporter.cycle.newTimer(() -> reporter.tell(this));
            queryTimer = reporter.cycle.newTimer(() -> reporter.answer(this));
        }

        void cancel() {
            modeLeft = 0;
            changes.clear();
            changeTimer.cancel();
            queryTimer.cancel();
        }

        void dispose() {
            changeTimer.dispose();
            queryTimer.dispose();
        }

        void archive(Archive archive) {
            told = SourceFilter.archived(archive, archive.isRestoring() ? null : told);
            modeLeft = archive.int32(modeLeft);
            archive.list(changes, MAX_CHANGES, GroupReporter::archiveChange);
            archive.list(asked, MAX_ASKED, ArchivedValues::address);
            changeTimer.archive(archive);
            queryTimer.archive(archive);
        }
    }

    private final Device device;
    private final Cycle cycle;
    private final GroupMessages messages;
    private final int newestVersion;
    // Insertion-ordered, so that reports are the same in every run.
    private final Map<IpAddress, State> states = new LinkedHashMap<>();
    private final Timer queryTimer;
    private final long[] olderUntilNs;
    private int robustness = ROBUSTNESS;
    private long intervalSeconds = QUERY_INTERVAL_SECONDS;
    /** Groups that are left, whose end is still to be told. */
    private int leaving;

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

    private boolean isNewest() {
        return version() == newestVersion;
    }

    // --- Changes (RFC 3376 section 5.1)

    /** The NIC's members may want something else of the group. */
    void changed(IpAddress group) {
        if (!messages.isReported(group)) {
            return;
        }
        SourceFilter filter = device.groups().filter(group);
        State state = states.get(group);
        SourceFilter before = state == null ? SourceFilter.NONE : state.told;
        if (before.isSame(filter)) {
            return;
        }
        if (state == null) {
            state = new State(group, this);
            states.put(group, state);
        } else if (!before.wantsAny()) {
            leaving--;
        }
        if (!filter.wantsAny()) {
            leaving++;
        }
        state.told = filter;
        if (!isNewest()) {
            changedOld(state, before);
            return;
        }
        if (before.exclude() != filter.exclude()) {
            state.modeLeft = robustness;
            state.changes.clear();
        }
        noteChanges(state, before);
        tell(state);
    }

    private void noteChanges(State state, SourceFilter before) {
        if (before.exclude() != state.told.exclude()) {
            return;
        }
        for (IpAddress source : before.sources()) {
            if (!state.told.sources().contains(source)) {
                noteChange(state, source);
            }
        }
        for (IpAddress source : state.told.sources()) {
            if (!before.sources().contains(source)) {
                noteChange(state, source);
            }
        }
    }

    private void noteChange(State state, IpAddress source) {
        state.changes.removeIf(change -> change.source.equals(source));
        state.changes.add(new Change(source, robustness));
    }

    /** Older versions know only members and others. */
    private void changedOld(State state, SourceFilter before) {
        if (before.wantsAny() == state.told.wantsAny()) {
            return;
        }
        if (state.told.wantsAny()) {
            state.modeLeft = robustness;
            tell(state);
        } else {
            messages.leaveOld(device, state.group, version());
            end(state);
        }
    }

    /** Tells what changed, and again later if it is to be told again. */
    private void tell(State state) {
        boolean newest = isNewest();
        if (!newest) {
            messages.reportOld(device, state.group, version());
            state.modeLeft--;
        } else if (state.modeLeft > 0) {
            state.modeLeft--;
            messages.report(device, List.of(GroupRecord.change(state.group, state.told)));
        } else {
            tellSources(state);
        }
        state.changes.removeIf(change -> --change.left <= 0);
        boolean again = state.modeLeft > 0 || !state.changes.isEmpty();
        if (again && (state.told.wantsAny() || leaving <= MAX_LEAVING)) {
            long interval = newest ? INTERVAL_NS : OLD_INTERVAL_NS;
            cycle.armIn(state.changeTimer, 1 + (interval >>> 10) * cycle.rng().nextInt(1 << 10));
        } else if (!state.told.wantsAny()) {
            end(state);
        }
    }

    private void tellSources(State state) {
        List<IpAddress> allowed = new ArrayList<>();
        List<IpAddress> blocked = new ArrayList<>();
        for (Change change : state.changes) {
            (state.told.wants(change.source) ? allowed : blocked).add(change.source);
        }
        List<GroupRecord> records = new ArrayList<>();
        if (!allowed.isEmpty()) {
            records.add(new GroupRecord(GroupRecord.ALLOW_NEW_SOURCES, state.group, allowed));
        }
        if (!blocked.isEmpty()) {
            records.add(new GroupRecord(GroupRecord.BLOCK_OLD_SOURCES, state.group, blocked));
        }
        messages.report(device, records);
    }

    private void end(State state) {
        leaving--;
        state.dispose();
        states.remove(state.group);
    }

    /** Everything that is still to be said is not said. */
    void stop() {
        queryTimer.dispose();
        states.values().forEach(State::dispose);
        states.clear();
        leaving = 0;
    }

    /** Tells of all groups again: the link may be another one now. */
    void restart() {
        for (State state : List.copyOf(states.values())) {
            if (state.told.wantsAny()) {
                state.cancel();
                state.modeLeft = robustness;
                tell(state);
            }
        }
    }

    // --- Queries (RFC 3376 section 5.2)

    /** A router asks. */
    void queried(Query query) {
        int before = version();
        if (query.version() < newestVersion) {
            // Only what asks everybody tells of a querier of version 2 (RFC 3376 section 7.2.1).
            if (query.version() == 1 || query.group().isUnspecified()) {
                // Its timer as RFC 3376 section 8.12 has it.
                olderUntilNs[query.version()] =
                        cycle.nowNs() + robustness * intervalSeconds * SECOND_NS + OLD_INTERVAL_NS;
            }
        } else {
            robustness = query.robustness() == 0 ? ROBUSTNESS : query.robustness();
            intervalSeconds = query.intervalSeconds() == 0 ? QUERY_INTERVAL_SECONDS : query.intervalSeconds();
        }
        if (version() != before) {
            forgetPending();
        }
        if (!query.group().isUnspecified()) {
            State state = states.get(query.group());
            if (state != null && state.told.wantsAny()) {
                askedAbout(state, query);
            }
        } else if (isNewest()) {
            armEarlier(queryTimer, delay(query));
        } else {
            for (State state : states.values()) {
                armEarlier(state.queryTimer, delay(query));
            }
        }
    }

    /** A random time within what the router gives. */
    private long delay(Query query) {
        return (Math.max(query.maxResponseNs(), 1 << 10) >>> 10) * cycle.rng().nextInt(1 << 10);
    }

    /** With the version of the routers all that is pending ends (RFC 3376 section 7.2.1). */
    private void forgetPending() {
        queryTimer.cancel();
        for (State state : List.copyOf(states.values())) {
            state.cancel();
            if (!state.told.wantsAny()) {
                end(state);
            }
        }
    }

    private void askedAbout(State state, Query query) {
        long delayNs = delay(query);
        if (queryTimer.isArmed() && queryTimer.deadlineNs() - cycle.nowNs() <= delayNs) {
            return;
        }
        boolean wholeGroupPending = state.queryTimer.isArmed() && state.asked.isEmpty();
        if (query.sources().isEmpty() || wholeGroupPending) {
            state.asked.clear();
        } else {
            for (IpAddress source : query.sources()) {
                if (!state.asked.contains(source)) {
                    state.asked.add(source);
                }
            }
            if (state.asked.size() > MAX_ASKED) {
                state.asked.clear();
            }
        }
        armEarlier(state.queryTimer, delayNs);
    }

    private void armEarlier(Timer timer, long delayNs) {
        long deadlineNs = cycle.nowNs() + delayNs;
        if (!timer.isArmed() || timer.deadlineNs() - deadlineNs > 0) {
            timer.arm(deadlineNs);
        }
    }

    private void answer(State state) {
        if (!state.told.wantsAny()) {
            return;
        }
        if (!isNewest()) {
            messages.reportOld(device, state.group, version());
        } else if (state.asked.isEmpty()) {
            messages.report(device, List.of(GroupRecord.current(state.group, state.told)));
        } else {
            List<IpAddress> wanted = new ArrayList<>();
            for (IpAddress source : state.asked) {
                if (state.told.wants(source)) {
                    wanted.add(source);
                }
            }
            if (!wanted.isEmpty()) {
                messages.report(device, List.of(new GroupRecord(GroupRecord.MODE_IS_INCLUDE, state.group, wanted)));
            }
        }
        state.asked.clear();
    }

    private void answerGeneralQuery() {
        List<GroupRecord> records = new ArrayList<>();
        for (State state : states.values()) {
            if (state.told.wantsAny()) {
                records.add(GroupRecord.current(state.group, state.told));
            }
        }
        messages.report(device, records);
    }

    /** Another host told an older router of the group: once is enough (RFC 2236 section 3, RFC 2710 section 4). */
    void reportedByOther(IpAddress group) {
        State state = states.get(group);
        if (state != null && !isNewest()) {
            state.cancel();
        }
    }

    // --- Saved and restored

    void archive(Archive archive) {
        if (archive.isRestoring()) {
            stop();
        }
        List<State> known = new ArrayList<>(states.values());
        archive.list(known, MAX_STATES, this::archiveState);
        if (archive.isRestoring()) {
            for (State state : known) {
                states.put(state.group, state);
            }
        }
        queryTimer.archive(archive);
        archive.int64s(olderUntilNs);
        robustness = archive.int32(robustness);
        intervalSeconds = archive.int64(intervalSeconds);
        leaving = archive.int32(leaving);
    }

    private State archiveState(Archive archive, @Nullable State value) {
        IpAddress group = ArchivedValues.address(archive, value == null ? null : value.group);
        State state = value == null ? new State(group, this) : value;
        state.archive(archive);
        return state;
    }

    private static Change archiveChange(Archive archive, @Nullable Change value) {
        IpAddress source = ArchivedValues.address(archive, value == null ? null : value.source);
        int left = archive.int32(value == null ? 0 : value.left);
        return value == null ? new Change(source, left) : value;
    }
}
