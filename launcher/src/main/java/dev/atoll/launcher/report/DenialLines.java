package dev.atoll.launcher.report;

import dev.atoll.launcher.Terminal;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.stack.filter.RuleSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Denials as lines on the terminal: each rule and destination once, with the rule that would allow it, and every 10 s how many
 * more there were. A program that is denied ten thousand things fills neither the terminal nor memory.
 */
public final class DenialLines implements ReportSink {
    /** How many rules and destinations are told apart; what comes beyond them is counted. */
    static final int MAX_TOLD = 1000;

    /** How many rules a count names; the others are summed up. */
    private static final int MAX_NAMED = 3;

    private static final long PERIOD_MS = TimeUnit.SECONDS.toMillis(10);
    private static final String DENIED = "denied";
    private static final String OTHERS = "other rules";

    private final Consumer<String> line;
    private final Set<String> told = new HashSet<>();
    private final Map<String, Long> more = new TreeMap<>();
    /** What becomes of packets: {@code denied}, or what would without {@code --audit}. */
    private final String verb;

    private @Nullable AllowingRule allowing;
    private @Nullable Thread counting;
    private boolean ended;

    /**
     * @param line takes a line without Atoll's mark
     * @param rules those in force, or null for none
     * @param audit whether rules only look on
     */
    public DenialLines(Consumer<String> line, @Nullable RuleSet rules, boolean audit) {
        this.line = line;
        verb = audit ? "would deny" : DENIED;
        allowing = rules == null ? null : new AllowingRule(rules);
    }

    /** Other rules are in force from here on. */
    public synchronized void replaceRules(RuleSet rules) {
        allowing = new AllowingRule(rules);
    }

    @Override
    public void denied(Denial denial) {
        denied(denial, "");
    }

    /** Of JVMs that meet the same, the first one is named. */
    @Override
    public void denied(Denial denial, int pid) {
        denied(denial, " (JVM " + pid + ")");
    }

    private synchronized void denied(Denial denial, String who) {
        String rule = Terminal.printable(denial.rule());
        if (told.size() < MAX_TOLD && told.add(rule + "\n" + target(denial))) {
            // A full table ends packets all the same.
            String done = denial.rule().equals(Denial.TABLE_FULL) ? DENIED : verb;
            line.accept(done + " " + Terminal.printable(denial.what()) + who + ": " + rule);
            if (!denial.where().isEmpty()) {
                line.accept("  opened by " + Terminal.printable(denial.where()));
            }
            DeniedPacket packet = denial.packet();
            String allow = packet == null || allowing == null ? null : allowing.of(denial.rule(), packet);
            if (allow != null) {
                line.accept("  to allow it, " + allow);
            }
            if (told.size() == MAX_TOLD) {
                line.accept(verb + " " + MAX_TOLD + " different things: from here on they are only counted");
            }
            return;
        }
        more.merge(more.size() < MAX_TOLD || more.containsKey(rule) ? rule : OTHERS, 1L, Long::sum);
        if (counting == null) {
            counting = new Thread(this::countOn, "atoll-denials");
            counting.setDaemon(true);
            counting.start();
        }
    }

    /** What one is told once for: the far end of what goes out, the near end of what comes in. */
    private static String target(Denial denial) {
        DeniedPacket packet = denial.packet();
        if (packet == null) {
            return denial.what();
        }
        String target = packet.protocol() + " " + packet.destination();
        return packet.outgoing() ? target : "in " + target;
    }

    private void countOn() {
        try {
            while (!isEnded()) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
                tellCount();
            }
        } catch (InterruptedException e) {
            // Nobody does that; the end tells the rest.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** Says how many more there were since the last time; nothing if there were none. */
    synchronized void tellCount() {
        if (more.isEmpty()) {
            return;
        }
        long sum = 0;
        for (long count : more.values()) {
            sum += count;
        }
        StringBuilder text = new StringBuilder(verb + " " + sum + " more:");
        long named = 0;
        int names = 0;
        for (Map.Entry<String, Long> entry : more.entrySet()) {
            if (names < MAX_NAMED) {
                text.append(names == 0 ? " " : ", ")
                        .append(entry.getValue())
                        .append(" by ")
                        .append(entry.getKey());
                named += entry.getValue();
                names++;
            }
        }
        if (named < sum) {
            text.append(", ").append(sum - named).append(" by ").append(OTHERS);
        }
        more.clear();
        line.accept(text.toString());
    }

    @Override
    public synchronized void counted(Counters counters) {
        for (Counter counter : counters.values()) {
            if (counter.name().equals(Counter.UNTOLD_DENIALS) && counter.value() > 0) {
                tellCount();
                line.accept(verb + " " + counter.value() + " more, too fast to be told one by one");
            }
        }
    }

    @Override
    public synchronized void ended(Outcome outcome) {
        ended = true;
        tellCount();
    }
}
