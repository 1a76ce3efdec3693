package dev.atoll.stack.simulation;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The last frames of a simulation, kept as they are and put into words only if something went wrong. */
final class FrameLog {
    private static final int MAX_FRAMES = 3000;

    private static final class Entry {
        private final long atNs;
        private final String what;
        private final byte @Nullable [] frame;

        Entry(long atNs, String what, byte @Nullable [] frame) {
            this.atNs = atNs;
            this.what = what;
            this.frame = frame;
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final CRC32C checksum = new CRC32C();

    void add(long atNs, String what, byte[] frame) {
        checksum.update(frame);
        add(new Entry(atNs, what, frame));
    }

    /** Something else that happened. */
    void note(long atNs, String what) {
        add(new Entry(atNs, what, null));
    }

    private void add(Entry entry) {
        if (entries.size() == MAX_FRAMES) {
            entries.removeFirst();
        }
        entries.add(entry);
    }

    /** A sum over all frames, those no longer kept included, that tells runs apart. */
    long checksum() {
        return checksum.getValue();
    }

    /** A line for each frame, oldest first. */
    String text() {
        return entries.stream()
                .map(entry -> String.format("%14.6f ms  %s  %s", entry.atNs / 1e6, entry.what, describe(entry.frame)))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String describe(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "";
        }
        try {
            EthernetFrame frame = EthernetFrame.decode(bytes);
            TcpSegment segment = FirstSyn.segment(frame);
            if (segment == null) {
                return String.format("EtherType %04x %s", frame.etherType(), frame.payload());
            }
            String options = segment.options().stream().map(TcpOption::toString).collect(Collectors.joining(","));
            return TcpSegment.formatFlags(segment.flags()) + " " + Integer.toUnsignedString(segment.seq()) + "("
                    + segment.payload().length() + ") ack " + Integer.toUnsignedString(segment.ack()) + " win "
                    + segment.window() + " <" + options + ">";
        } catch (BadFrameException e) {
            return "corrupt: " + e.getMessage();
        }
    }
}
