package dev.atoll.inside;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.policy.MalformedRuleSetException;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Talks to the launcher: says what was denied and what failed, and cuts the network when the launcher says so or is
 * gone.
 *
 * <p>Denials come from whichever thread holds the stack and must not wait, so they go through a queue of {@link
 * #MAX_WAITING}; what finds it full is counted and said in one line later. Two daemon threads, one for each direction.
 */
final class Messenger implements DenialListener, FailureReport {
    /** Denials that wait to be said. */
    private static final int MAX_WAITING = 1024;

    /** RFC 4291 section 2.7. */
    private static final int LINK_SCOPE = 2;

    private final ControlStream control;
    private final boolean denialLines;
    private final boolean audit;
    private final BlockingQueue<Denial> denials = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong unsaid = new AtomicLong();
    // Not System.err, which is the program's to replace.
    private final OutputStream standardError = new FileOutputStream(FileDescriptor.err);

    /**
     * @param denialLines whether denials are lines on stderr
     * @param audit whether rules only look on, so that what they decide is what would have been
     */
    Messenger(ControlStream control, boolean denialLines, boolean audit) {
        this.control = control;
        this.denialLines = denialLines;
        this.audit = audit;
    }

    void start(Sandbox sandbox) {
        // Classes and no lambdas: see decision 0620.
        startThread("atoll-control-out", new Runnable() {
            @Override
            public void run() {
                sayDenials();
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
        if (!denials.offer(denial)) {
            unsaid.incrementAndGet();
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

    private void sayDenials() {
        try {
            while (true) {
                Denial denial = denials.take();
                String rule = denial.origin() == null
                        ? "connection table full"
                        : denial.origin().toString();
                String what = protocol(denial.protocol()) + " " + denial.source() + " -> " + denial.destination();
                if (denialLines) {
                    // A full table ends packets all the same.
                    line("atoll: " + (audit && denial.origin() != null ? "would deny " : "denied ") + what + ": "
                            + rule);
                    long missed = unsaid.getAndSet(0);
                    if (missed > 0) {
                        line("atoll: denied " + missed + " more");
                    }
                }
                send(new ControlRecord.Denial(rule, what, ""));
            }
        } catch (InterruptedException | IOException e) {
            // The launcher is gone, and with it this process in a moment: nobody is left to be told.
            Thread.currentThread().interrupt();
        }
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
