package dev.atoll.examples.extension;

import dev.atoll.launcher.report.Outcome;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.runtime.control.ControlRecord.Denial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts for each rule what it refused, and writes the table to the file that {@code -Ddenials.table=FILE} names when the
 * run has ended. The launcher calls it by one thread at a time.
 */
public final class DenialTable implements ReportSink {
    private final Map<String, Integer> counts = new TreeMap<>();

    /** For {@link java.util.ServiceLoader}. */
    public DenialTable() {}

    @Override
    public void denied(Denial denial) {
        // The text comes from inside the sandbox, which may be lying: it shall not make rows of its own.
        counts.merge(denial.rule().replaceAll("\\p{Cntrl}", "?"), 1, Integer::sum);
    }

    @Override
    public void ended(Outcome outcome) {
        String file = System.getProperty("denials.table");
        if (file == null) {
            return;
        }
        List<String> rows = new ArrayList<>();
        counts.forEach((rule, count) -> rows.add(count + "\t" + rule));
        rows.add("exit code\t" + outcome.exitCode());
        try {
            Files.write(Path.of(file), rows);
        } catch (IOException e) {
            // The launcher logs what a sink throws, and goes on.
            throw new UncheckedIOException(e);
        }
    }
}
