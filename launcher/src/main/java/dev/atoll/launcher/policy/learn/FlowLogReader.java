package dev.atoll.launcher.policy.learn;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.flow.FlowFormat;
import dev.atoll.launcher.policy.learn.FlowLine.Field;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads flow logs, as many as there are, into one table. A log is read once from beginning to end and never held: it may be a
 * pipe, and it may be compressed by gzip, which its first bytes tell.
 */
public final class FlowLogReader {
    /** As a log's name: standard input. */
    public static final String STANDARD_INPUT = "-";

    /** Reading stops after so many mistakes, as it does with policies. */
    private static final int MAX_MISTAKES = 100;

    /** The longest line; Atoll's own are below 64 KiB, the largest record of the control connection. */
    private static final int MAX_LINE_BYTES = 1 << 20;

    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;

    private final FlowLine line = new FlowLine();
    private final byte[] buffer = new byte[MAX_LINE_BYTES];
    private final List<String> mistakes = new ArrayList<>();
    private final FlowTable table;
    private final InputStream standardInput;

    /**
     * @param withDenied whether flows are learned that a rule has denied
     * @param standardInput what {@link #STANDARD_INPUT} means
     */
    public FlowLogReader(boolean withDenied, InputStream standardInput) {
        table = new FlowTable(withDenied);
        this.standardInput = standardInput;
    }

    /**
     * Reads all of them.
     *
     * @throws LaunchException if one cannot be read, or with all mistakes in them
     */
    public Learned read(List<String> logs) throws LaunchException {
        for (String log : logs) {
            if (mistakes.size() < MAX_MISTAKES) {
                read(log);
            }
        }
        if (!mistakes.isEmpty()) {
            if (mistakes.size() == MAX_MISTAKES) {
                mistakes.add("reading stopped after " + MAX_MISTAKES + " mistakes");
            }
            throw new LaunchException(ExitCode.CONFIGURATION, String.join("\n", mistakes));
        }
        return new Learned(table, logs.size());
    }

    private void read(String log) throws LaunchException {
        try {
            if (log.equals(STANDARD_INPUT)) {
                read("standard input", standardInput);
            } else {
                try (InputStream in = Files.newInputStream(Path.of(log))) {
                    read(log, in);
                }
            }
        } catch (NoSuchFileException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy learn: there is no file " + log, e);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy learn: " + log + " cannot be read: " + e, e);
        }
    }

    private void read(String source, InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, MAX_LINE_BYTES);
        in.mark(2);
        boolean compressed = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
        in.reset();
        readLines(source, compressed ? new GZIPInputStream(in, 1 << 16) : in);
    }

    private void readLines(String source, InputStream in) throws IOException {
        int filled = 0;
        long number = 0;
        boolean passing = false;
        int count = in.read(buffer, 0, buffer.length);
        while (count >= 0 && mistakes.size() < MAX_MISTAKES) {
            filled += count;
            int from = 0;
            int to = lineEnd(Math.max(0, filled - count), filled);
            while (to < filled && mistakes.size() < MAX_MISTAKES) {
                number++;
                if (!passing) {
                    take(source, number, from, to);
                }
                passing = false;
                from = to + 1;
                to = lineEnd(from, filled);
            }
            System.arraycopy(buffer, from, buffer, 0, filled - from);
            filled -= from;
            if (filled == buffer.length) {
                if (!passing) {
                    mistake(source, number + 1, MAX_LINE_BYTES, "the line is longer than " + MAX_LINE_BYTES + " bytes");
                }
                passing = true;
                filled = 0;
            }
            count = in.read(buffer, filled, buffer.length - filled);
        }
        if (filled > 0 && !passing && mistakes.size() < MAX_MISTAKES) {
            take(source, number + 1, 0, filled);
        }
    }

    private int lineEnd(int from, int filled) {
        int i = from;
        while (i < filled && buffer[i] != '\n') {
            i++;
        }
        return i;
    }

    private void take(String source, long number, int from, int to) {
        if (from == to) {
            return;
        }
        try {
            line.read(buffer, from, to);
            if (!line.has(Field.VERSION)) {
                throw line.missing(Field.VERSION);
            }
            if (line.number(Field.VERSION) != FlowFormat.VERSION) {
                throw line.unexpected(Field.VERSION, FlowFormat.VERSION + "; take the Atoll that wrote it");
            }
            table.add(line);
        } catch (MalformedFlowException e) {
            mistake(source, number, e.column(), e.text() + excerpt(from, to, e.column()));
        }
    }

    /** The beginning of what is wrong, which in a line of this length nobody finds by its column. */
    private String excerpt(int from, int to, int column) {
        int at = from + column - 1;
        if (at >= to) {
            return "";
        }
        String text = new String(buffer, at, Math.min(40, to - at), StandardCharsets.UTF_8);
        return "\n    " + Terminal.printable(text) + (to - at > 40 ? "..." : "") + "\n    ^";
    }

    private void mistake(String source, long number, int column, String text) {
        mistakes.add(source + ":" + number + ":" + column + ": " + text);
    }
}
