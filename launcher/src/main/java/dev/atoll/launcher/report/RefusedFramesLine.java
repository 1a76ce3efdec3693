package dev.atoll.launcher.report;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Says at the end that JVMs sent frames which they must not send. Of those that were lost it says nothing: that is what a
 * switch does when there is much to do, and the status file has their number.
 */
public final class RefusedFramesLine implements ReportSink {
    private final Consumer<String> line;
    private final Supplier<FrameLosses> losses;

    /**
     * @param line takes a line without Atoll's mark
     * @param losses up to now
     */
    public RefusedFramesLine(Consumer<String> line, Supplier<FrameLosses> losses) {
        this.line = line;
        this.losses = losses;
    }

    @Override
    public void ended(Outcome outcome) {
        long refused = losses.get().refused();
        if (refused > 0) {
            line.accept(refused + " frames of JVMs on the link they share were refused: with an address that is"
                    + " not the JVM's, or of no protocol of theirs");
        }
    }
}
