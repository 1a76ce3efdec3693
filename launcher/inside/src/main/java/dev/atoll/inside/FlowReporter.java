package dev.atoll.inside;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.FlowListener;
import dev.atoll.stack.filter.FlowReport;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.options.SocketCaller;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells the launcher of flows, which writes them into the flow log.
 *
 * <p>Flows end in whichever thread holds the stack, which must not wait: they go through a queue of {@link #MAX_WAITING}, as many
 * as connection tracking has flows, so that all that live at the end have room. What finds it full is counted, and the launcher
 * told of the number at the end. One daemon thread.
 */
final class FlowReporter implements FlowListener, DenialListener {
    private static final int MAX_WAITING = 1 << 16;

    /** How long what was noted may take to be told at the end. */
    private static final long END_LIMIT_MS = 10_000;

    /** Stands behind the last flow. */
    private static final Object END = new Object();

    private static final long NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ControlStream control;
    private final ResolvedNames names;
    private final Mailbox<Object> waiting = new Mailbox<>(MAX_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;

    FlowReporter(ControlStream control, ResolvedNames names) {
        this.control = control;
        this.names = names;
        // A class and no lambda: see decision 0620.
        thread = new Thread(
                null,
                new Runnable() {
                    @Override
                    public void run() {
                        sayFlows();
                    }
                },
                "atoll-flows",
                256 * 1024,
                false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    // --- What the stack tells

    @Override
    public Object began(FlowReport flow) {
        if (flow.direction() != FlowDirection.OUT || flow.names().isEmpty()) {
            // A name that rules do not know, as from the hosts file, is none to whoever writes rules.
            return "";
        }
        // Now: when the flow is over, the address may have another name.
        String asked = names.of(flow.destination().address());
        return flow.names().contains(asked)
                ? asked
                : flow.names().get(flow.names().size() - 1);
    }

    @Override
    public void ended(FlowReport flow) {
        boolean in = flow.direction() == FlowDirection.IN;
        Traffic traffic = in
                ? new Traffic(flow.replyPackets(), flow.replyBytes(), flow.packets(), flow.bytes())
                : new Traffic(flow.packets(), flow.bytes(), flow.replyPackets(), flow.replyBytes());
        Verdict would = flow.wouldEnd();
        offer(new Flow(
                epochMs(flow.beganNs()),
                (flow.lastNs() - flow.beganNs()) / NS_PER_MS,
                verdict(would),
                would == null ? flow.origin() : would.origin(),
                flow.direction(),
                flow.protocol(),
                flow.source(),
                flow.destination(),
                flow.note() instanceof String name ? name : "",
                traffic,
                caller(flow.caller())));
    }

    private static Caller caller(SocketCaller caller) {
        return new Caller(caller.thread(), caller.location(), caller.frames());
    }

    private static FlowVerdict verdict(@Nullable Verdict would) {
        if (would == null) {
            return FlowVerdict.ACCEPT;
        }
        return would.kind() == Verdict.Kind.DROP ? FlowVerdict.WOULD_DROP : FlowVerdict.WOULD_REJECT;
    }

    @Override
    public void denied(Denial denial) {
        if (Messenger.isHousekeeping(denial)) {
            return;
        }
        boolean out = denial.hook() == Hook.OUTPUT || denial.hook() == Hook.POSTROUTING;
        offer(new Flow(
                System.currentTimeMillis(),
                0,
                denial.kind() == Verdict.Kind.DROP ? FlowVerdict.DROP : FlowVerdict.REJECT,
                denial.origin(),
                out ? FlowDirection.OUT : FlowDirection.IN,
                denial.protocol(),
                denial.source(),
                denial.destination(),
                out ? names.of(denial.destination().address()) : "",
                Traffic.NONE,
                caller(denial.caller())));
    }

    /** The stack's clock is the JVM's monotonic one. */
    private static long epochMs(long ns) {
        return System.currentTimeMillis() - (System.nanoTime() - ns) / NS_PER_MS;
    }

    private void offer(Flow flow) {
        if (!waiting.offer(flow)) {
            lost.incrementAndGet();
        }
    }

    // --- What the launcher is told

    private void sayFlows() {
        try {
            for (Object next = waiting.take(); next != END; next = waiting.take()) {
                control.write((Flow) next);
            }
            if (lost.get() > 0) {
                control.write(new Counters(List.of(new Counter(ControlRecord.LOST_FLOWS, lost.get()))));
            }
        } catch (InterruptedException | IOException e) {
            // The launcher is gone, and with it this process in a moment: nobody is left to be told.
            Thread.currentThread().interrupt();
        }
    }

    /** Says what is still to be said; when the stack has ended. */
    void finish() {
        try {
            boolean unused = waiting.offer(END, END_LIMIT_MS);
            thread.join(END_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
