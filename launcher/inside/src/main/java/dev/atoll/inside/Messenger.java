package dev.atoll.inside;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.packetlog.PacketText;
import dev.atoll.runtime.policy.MalformedRuleSetException;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.LoggedPacket;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PacketLogListener;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the launcher: says what was denied, of which packets rules tell and what failed, and cuts the network when the
 * launcher says so or is gone.
 *
 * <p>Denials and packets come from whichever thread holds the stack and must not wait, so they go through a queue of {@link
 * #MAX_WAITING}; what finds it full is counted and said later. Two daemon threads, one for each direction.
 */
final class Messenger implements DenialListener, PacketLogListener, FailureReport {
    /** Denials and packets that wait to be said. */
    private static final int MAX_WAITING = 1024;

    /** How long the end of the program waits for what is still to be said. */
    private static final long LAST_WORDS_MS = 2000;

    /** RFC 4291 section 2.7. */
    private static final int LINK_SCOPE = 2;

    private final ControlStream control;
    private final Mailbox<Waiting> waiting = new Mailbox<>(MAX_WAITING);
    private final CountDownLatch lastSaid = new CountDownLatch(1);
    private final AtomicLong unsaidDenials = new AtomicLong();
    private final AtomicLong unsaidPackets = new AtomicLong();
    // Not System.err, which is the program's to replace.
    private final OutputStream standardError = new FileOutputStream(FileDescriptor.err);

    /** One of the two; neither marks the end. */
    private record Waiting(
            @Nullable Denial denial, @Nullable LoggedPacket packet) {
        static final Waiting LAST = new Waiting(null, null);
    }

    Messenger(ControlStream control) {
        this.control = control;
    }

    void start(Sandbox sandbox) {
        // Classes and no lambdas: see decision 0620.
        startThread("atoll-control-out", new Runnable() {
            @Override
            public void run() {
                sayAll();
            }
        });
        startThread("atoll-control-in", new Runnable() {
            @Override
            public void run() {
                listen(sandbox);
            }
        });
    }

    private static void startThread(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 256 * 1024, false);
        thread.setDaemon(true);
        thread.start();
    }

    void send(ToLauncher message) throws IOException {
        control.write(message);
    }

    @Override
    public void denied(Denial denial) {
        if (isHousekeeping(denial)) {
            return;
        }
        if (!waiting.offer(new Waiting(denial, null))) {
            unsaidDenials.incrementAndGet();
        }
    }

    @Override
    public void logged(LoggedPacket packet) {
        if (!waiting.offer(new Waiting(null, packet))) {
            unsaidPackets.addAndGet(1 + packet.untoldBefore());
        }
    }

    /**
     * Says what still waits, and how much was not said; once, when nothing more comes.
     *
     * @param filter what it could not tell is counted there
     */
    void sayLast(IpTables filter) throws IOException {
        try {
            boolean ended =
                    waiting.offer(Waiting.LAST, LAST_WORDS_MS) && lastSaid.await(LAST_WORDS_MS, TimeUnit.MILLISECONDS);
            if (!ended) {
                tell("the launcher does not listen, so it has not heard of all denials");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long untoldPackets = filter.untoldPackets() + unsaidPackets.get();
        long untoldDenials = filter.denialStats().unreported() + unsaidDenials.get();
        if (untoldPackets > 0 || untoldDenials > 0) {
            send(new ControlRecord.Counters(List.of(
                    new Counter(Counter.UNTOLD_PACKETS, untoldPackets),
                    new Counter(Counter.UNTOLD_DENIALS, untoldDenials))));
        }
    }

    /**
     * Where IPv6 is closed, what hosts of a link ask each other without a program's doing (neighbours, groups: RFC 4861, RFC
     * 3810) is, too, every few seconds on some. Nobody reads of that beside what the program asked for; the counters have it.
     */
    static boolean isHousekeeping(Denial denial) {
        IpAddress destination = denial.destination().address();
        return denial.protocol() == IpProtocol.ICMPV6
                && destination.isMulticast()
                && destination.multicastScope() == LINK_SCOPE;
    }

    private void sayAll() {
        try {
            boolean more = true;
            while (more) {
                more = say(waiting.take());
            }
            lastSaid.countDown();
        } catch (InterruptedException | IOException e) {
            // The launcher is gone, and with it this process in a moment: nobody is left to be told.
            Thread.currentThread().interrupt();
        }
    }

    /** False for the mark of the end. */
    private boolean say(Waiting next) throws IOException {
        Denial denial = next.denial();
        LoggedPacket packet = next.packet();
        if (denial != null) {
            say(denial);
        } else if (packet != null) {
            say(packet);
        } else {
            return false;
        }
        return true;
    }

    private void say(Denial denial) throws IOException {
        String rule = denial.origin() == null
                ? ControlRecord.Denial.TABLE_FULL
                : denial.origin().toString();
        String what = protocol(denial.protocol()) + " " + denial.source() + " -> " + denial.destination();
        boolean outgoing = denial.hook() == Hook.OUTPUT || denial.hook() == Hook.POSTROUTING;
        DeniedPacket packet =
                new DeniedPacket(outgoing, denial.opens(), denial.protocol(), denial.source(), denial.destination());
        List<String> frames = denial.caller().frames();
        send(new ControlRecord.Denial(rule, what, frames.isEmpty() ? "" : frames.get(0), packet));
    }

    private void say(LoggedPacket packet) throws IOException {
        Origin origin = packet.origin();
        LoggedPacket.Cause cause = packet.cause();
        send(new ControlRecord.PacketLog(
                source(cause),
                cause instanceof LogTarget.Log log ? log.level() : 0,
                cause instanceof LogTarget.NfLog log ? log.group() : 0,
                origin == null ? "" : origin.toString(),
                PacketText.prefix(cause),
                PacketText.of(packet),
                packet.untoldBefore() + unsaidPackets.getAndSet(0)));
    }

    private static ControlRecord.PacketSource source(LoggedPacket.Cause cause) {
        if (cause instanceof LogTarget.Log) {
            return ControlRecord.PacketSource.LOG;
        } else if (cause instanceof LogTarget.NfLog) {
            return ControlRecord.PacketSource.NFLOG;
        }
        return cause instanceof LogTarget.Audit ? ControlRecord.PacketSource.AUDIT : ControlRecord.PacketSource.TRACE;
    }

    private void line(String text) throws IOException {
        standardError.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String protocol(int number) {
        return switch (number) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.ICMP -> "icmp";
            case IpProtocol.ICMPV6 -> "icmpv6";
            default -> "protocol " + number;
        };
    }

    /** Waits for what the launcher says; its end of the descriptor closed means stop. */
    private void listen(Sandbox sandbox) {
        try {
            ToProgram next = control.read();
            while (next != null && !(next instanceof ControlRecord.Stop)) {
                if (next instanceof ControlRecord.Reload reload) {
                    send(reload(sandbox, reload));
                }
                next = control.read();
            }
        } catch (IOException e) {
            // Not a record, or no descriptor any more: as good as closed.
        }
        sandbox.close();
    }

    /** Whatever keeps the rules from coming into force leaves those before in force, and is said. */
    private static ControlRecord.Reloaded reload(Sandbox sandbox, ControlRecord.Reload reload) {
        try {
            int ended = sandbox.replacePolicy(RuleSetCodec.decode(reload.rules()));
            return new ControlRecord.Reloaded(reload.number(), ended, "");
        } catch (MalformedRuleSetException e) {
            return refused(reload, "the launcher sent rules that are none: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            return refused(reload, e.toString());
        }
    }

    private static ControlRecord.Reloaded refused(ControlRecord.Reload reload, String problem) {
        return new ControlRecord.Reloaded(reload.number(), 0, problem);
    }

    @Override
    public void stackFailed(Throwable cause) {
        lost(FailureCode.STACK, "the network is cut: " + cause.getMessage());
    }

    /** The program is without a network for good: the launcher ends it. */
    @Override
    public void linkFailed(String reason) {
        lost(FailureCode.LINK, "the link has ended: " + reason);
    }

    /** The program goes on without the programs beside it. */
    @Override
    public void localhostFailed(Throwable cause) {
        tell("localhost is no longer shared with other programs of the sandbox: " + cause);
    }

    @Override
    public void captureFailed(IOException cause) {
        tell("the recording has ended: " + cause.getMessage());
    }

    private void lost(FailureCode code, String message) {
        tell(message);
        try {
            send(new ControlRecord.Failed(code, message));
        } catch (IOException e) {
            // The launcher is gone too; the line above is all that can be said.
        }
    }

    private void tell(String message) {
        try {
            line("atoll: " + message);
        } catch (IOException e) {
            // The program runs without stderr: it has chosen not to be told.
        }
    }
}
