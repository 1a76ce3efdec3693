package dev.atoll.launcher.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says at the end what the switch of JVMs did not deliver; nothing if there is nothing to say. */
public final class FrameLossLine implements ReportSink {
    private final Consumer<String> line;
    private final Supplier<FrameLosses> losses;

    /**
     * @param line takes a line without Atoll's mark
     * @param losses up to now
     */
    public FrameLossLine(Consumer<String> line, Supplier<FrameLosses> losses) {
        this.line = line;
        this.losses = losses;
    }

    @Override
    public void ended(Outcome outcome) {
        FrameLosses all = losses.get();
        List<String> parts = new ArrayList<>();
        add(parts, all.toJvms(), "lost since JVMs did not take them");
        add(parts, all.toLink(), "lost since their link did not take them");
        add(parts, all.refused(), "refused since their JVM must not send them");
        if (!parts.isEmpty()) {
            line.accept("frames between JVMs and their link: " + String.join(", ", parts));
        }
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }
}
