package dev.atoll.stack.packetdrill;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.TimerQueue;
import java.util.concurrent.TimeUnit;

/**
 * Moves a stack and its link through virtual time, from one thing that happens to the next. Script time 0 is some hours
 * into the stack's own time, so that nothing depends on a clock that begins at 0.
 */
final class ScriptClock {
    private static final long START_NS = TimeUnit.HOURS.toNanos(5);
    /** The stack may ask to be run again at once this often before it counts as stuck. */
    private static final int MAX_TURNS = 10_000;

    private final ManualClock clock = new ManualClock(START_NS, TimeUnit.DAYS.toNanos(20_000));
    private long deadlineNs = TimerQueue.NEVER;

    ScriptClock() {}

    ManualClock clock() {
        return clock;
    }

    long nowUs() {
        return (clock.nowNs() - START_NS) / 1000;
    }

    long toUs(long stackNs) {
        return (stackNs - START_NS) / 1000;
    }

    /** Runs the stack at this moment until it and its link have nothing more to do now. */
    void settle(Stack stack, ScriptLink link) throws ScriptFailure {
        int turns = 0;
        do {
            deadlineNs = stack.run(link::deliverInput);
            if (++turns > MAX_TURNS) {
                throw ScriptFailure.failed("the stack asks to be run again at once, without end");
            }
        } while (link.hasInput() || isDue());
        String complaint = link.complaint();
        if (complaint != null) {
            throw ScriptFailure.failed(complaint);
        }
    }

    /** Goes to the stack's next deadline, but not beyond the given time; false if that time is reached. */
    boolean step(Stack stack, ScriptLink link, long limitUs) throws ScriptFailure {
        long limitNs = START_NS + limitUs * 1000;
        if (deadlineNs == TimerQueue.NEVER || deadlineNs - limitNs > 0) {
            if (limitNs - clock.nowNs() > 0) {
                clock.advanceTo(limitNs);
                settle(stack, link);
            }
            return false;
        }
        if (deadlineNs - clock.nowNs() > 0) {
            clock.advanceTo(deadlineNs);
        }
        settle(stack, link);
        return true;
    }

    private boolean isDue() {
        return deadlineNs != TimerQueue.NEVER && deadlineNs - clock.nowNs() <= 0;
    }
}
