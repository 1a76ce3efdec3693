package dev.atoll.launcher.policy.learn;

import dev.atoll.launcher.flow.FlowFormat;
import dev.atoll.launcher.policy.learn.FlowLine.Field;
import dev.atoll.stack.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What flow logs have seen, each different flow once, however many lines there are: by direction, protocol, peer, port and
 * name. Memory grows with the different flows alone. A line of a flow that is known already costs a look-up of its bytes and
 * no object.
 */
final class FlowTable {
    private static final byte[] ACCEPT = ascii("accept");
    private static final byte[] DROP = ascii("drop");
    private static final byte[] REJECT = ascii("reject");
    private static final byte[] WOULD_DROP = ascii("would-drop");
    private static final byte[] WOULD_REJECT = ascii("would-reject");
    private static final byte[] OUT = ascii("out");
    private static final byte[] IN = ascii("in");
    private static final byte[] LOCAL = ascii("local");
    private static final Pattern PROTOCOL = Pattern.compile("tcp|udp|icmp|icmpv6|[0-9]{1,3}");

    private static final int MAX_PORT = 0xffff;
    private static final int FIRST_SLOTS = 1024;
    private static final int MAX_KEY_BYTES = 1024;
    private static final byte SEPARATOR = ' ';

    /** A flow under the bytes that tell it from others. */
    private static final class Entry {
        private final byte[] key;
        private final int hash;
        private final SeenFlow first;
        private long flows;
        private long bytes;

        private Entry(byte[] key, int hash, SeenFlow first) {
            this.key = key;
            this.hash = hash;
            this.first = first;
        }
    }

    private final boolean withDenied;
    private final byte[] key = new byte[MAX_KEY_BYTES];
    private @Nullable Entry[] slots = new Entry[FIRST_SLOTS];
    private int entries;
    private long lines;
    private long denied;
    private long local;

    /**
     * @param withDenied whether flows are taken in that a rule has denied
     */
    FlowTable(boolean withDenied) {
        this.withDenied = withDenied;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Takes in a record.
     *
     * @throws MalformedFlowException if a field is not what it may be
     */
    void add(FlowLine line) throws MalformedFlowException {
        lines++;
        boolean outgoing = line.is(Field.DIRECTION, OUT);
        if (!outgoing && !line.is(Field.DIRECTION, IN)) {
            if (!line.is(Field.DIRECTION, LOCAL)) {
                throw unexpected(line, Field.DIRECTION, "out, in or local");
            }
            local++;
            return;
        }
        if (isDenied(line)) {
            denied++;
            if (!withDenied) {
                return;
            }
        }
        Field peer = outgoing ? Field.DESTINATION : Field.SOURCE;
        int length = key(line, outgoing, peer);
        int hash = hash(length);
        Entry entry = find(length, hash);
        if (entry == null) {
            entry = new Entry(Arrays.copyOf(key, length), hash, flow(line, outgoing, peer));
            insert(entry);
        }
        entry.flows++;
        // Of a known flow, too: a text with the same digits is a mistake.
        long unused = line.number(Field.DESTINATION_PORT);
        entry.bytes += line.number(Field.BYTES_OUT) + line.number(Field.BYTES_IN);
    }

    private static boolean isDenied(FlowLine line) throws MalformedFlowException {
        if (line.is(Field.VERDICT, ACCEPT)
                || line.is(Field.VERDICT, WOULD_REJECT)
                || line.is(Field.VERDICT, WOULD_DROP)) {
            return false;
        }
        if (line.is(Field.VERDICT, REJECT) || line.is(Field.VERDICT, DROP)) {
            return true;
        }
        throw unexpected(line, Field.VERDICT, "accept, drop, reject, would-drop or would-reject");
    }

    private static MalformedFlowException unexpected(FlowLine line, Field field, String expected)
            throws MalformedFlowException {
        return line.has(field) ? line.unexpected(field, expected) : line.missing(field);
    }

    private int key(FlowLine line, boolean outgoing, Field peer) throws MalformedFlowException {
        int needed = line.length(Field.PROTOCOL)
                + line.length(peer)
                + line.length(Field.DESTINATION_PORT)
                + line.length(Field.NAME);
        if (needed > MAX_KEY_BYTES - 4) {
            throw line.unexpected(longest(line, peer), "something shorter");
        }
        key[0] = outgoing ? (byte) 'o' : (byte) 'i';
        int length = line.copy(Field.PROTOCOL, key, 1);
        key[length++] = SEPARATOR;
        length = line.copy(peer, key, length);
        key[length++] = SEPARATOR;
        length = line.copy(Field.DESTINATION_PORT, key, length);
        key[length++] = SEPARATOR;
        return outgoing ? line.copy(Field.NAME, key, length) : length;
    }

    private static Field longest(FlowLine line, Field peer) {
        Field longest = Field.NAME;
        for (Field field : List.of(Field.PROTOCOL, peer, Field.DESTINATION_PORT)) {
            longest = line.length(field) > line.length(longest) ? field : longest;
        }
        return longest;
    }

    private int hash(int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + key[i];
        }
        return hash ^ hash >>> 16;
    }

    private @Nullable Entry find(int length, int hash) {
        int slot = hash & slots.length - 1;
        Entry entry = slots[slot];
        while (entry != null
                && (entry.hash != hash || !Arrays.equals(entry.key, 0, entry.key.length, key, 0, length))) {
            slot = slot + 1 & slots.length - 1;
            entry = slots[slot];
        }
        return entry;
    }

    private void insert(Entry entry) {
        if (2 * entries >= slots.length) {
            @Nullable Entry[] old = slots;
            slots = new Entry[2 * old.length];
            for (Entry each : old) {
                if (each != null) {
                    place(each);
                }
            }
        }
        place(entry);
        entries++;
    }

    private void place(Entry entry) {
        int slot = entry.hash & slots.length - 1;
        while (slots[slot] != null) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = entry;
    }

    /** What a line is about that is met for the first time. */
    private static SeenFlow flow(FlowLine line, boolean outgoing, Field peer) throws MalformedFlowException {
        String protocol = line.text(Field.PROTOCOL);
        if (!PROTOCOL.matcher(protocol).matches()) {
            throw line.unexpected(Field.PROTOCOL, "tcp, udp, icmp, icmpv6 or a number");
        }
        IpAddress address;
        try {
            address = IpAddress.parse(line.text(peer));
        } catch (IllegalArgumentException e) {
            throw line.unexpected(peer, "an IP address");
        }
        long port = line.number(Field.DESTINATION_PORT);
        boolean ports = protocol.equals("tcp") || protocol.equals("udp");
        if (port > MAX_PORT || (ports && port == 0)) {
            throw unexpected(line, Field.DESTINATION_PORT, "1 to 65535");
        }
        String name = outgoing ? line.optionalText(Field.NAME) : null;
        if (name != null && !FlowFormat.isName(name)) {
            throw line.unexpected(Field.NAME, "a host name in small letters");
        }
        return new SeenFlow(outgoing, protocol, address, ports ? (int) port : 0, name, 0, 0);
    }

    // --- What was seen

    /** The different flows, in no particular order. */
    List<SeenFlow> flows() {
        List<SeenFlow> flows = new ArrayList<>(entries);
        for (Entry entry : slots) {
            if (entry != null) {
                SeenFlow first = entry.first;
                flows.add(new SeenFlow(
                        first.outgoing(),
                        first.protocol(),
                        first.peer(),
                        first.port(),
                        first.name(),
                        entry.flows,
                        entry.bytes));
            }
        }
        return flows;
    }

    /** How many records there were. */
    long lines() {
        return lines;
    }

    /** How many were of flows that a rule has denied. */
    long denied() {
        return denied;
    }

    boolean isWithDenied() {
        return withDenied;
    }

    /** How many never left the sandbox. */
    long local() {
        return local;
    }
}
