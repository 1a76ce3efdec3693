package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;

/**
 * {@code [!] first:last}, ends included.
 *
 * @param first 0 to {@code last}
 * @param last to 65535
 */
public record PortRange(int first, int last, boolean negated) {
    static final int MAX_PORT = 0xffff;

    /** Every port. */
    public static final PortRange ANY = new PortRange(0, MAX_PORT, false);

    public PortRange {
        Check.argument(first >= 0 && first <= last && last <= MAX_PORT, "range", first + ":" + last, "within 0:65535");
    }

    public boolean contains(int port) {
        return (port >= first && port <= last) != negated;
    }

    static PortRange archived(Archive archive, PortRange value) {
        return new PortRange(archive.int32(value.first()), archive.int32(value.last()), archive.bool(value.negated()));
    }
}
