package dev.atoll.stack.ip;

import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv4Option;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Judges the options of IPv4 headers and brings them up to date (RFC 791 section 3.1, RFC 1122 section 3.2.1.8, RFC 1812
 * section 5.2.4), as Linux does: unknown ones are passed over. One instance serves a stack: its fields tell of the last
 * header judged.
 */
final class Ipv4Options {
    /** {@link #problemPointer}: nothing is wrong. */
    static final int NO_PROBLEM = -1;

    private static final int ADDRESS_BYTES = 4;
    private static final int TIME_BYTES = 4;
    private static final int MAX_OVERFLOW = 15;

    /** Which addresses are of this host. */
    @FunctionalInterface
    interface LocalAddresses {
        boolean isLocal(int v4Bits);
    }

    /** What a parameter problem would point at, counted from the IPv4 header, or {@link #NO_PROBLEM}. */
    int problemPointer;
    /** The sender asks for a way of its own. */
    boolean sourceRouted;

    private boolean routeSeen;
    private boolean timestampSeen;

    Ipv4Options() {}

    /** Judges the options of the header at {@code ipAt}; false if {@link #problemPointer} says what is wrong. */
    boolean judge(ByteBuffer data, int ipAt, int headerBytes) {
        problemPointer = NO_PROBLEM;
        sourceRouted = false;
        routeSeen = false;
        timestampSeen = false;
        int end = ipAt + headerBytes;
        int at = ipAt + Ipv4.HEADER_BYTES;
        while (at < end && Ipv4Option.type(data, at) != Ipv4Option.END) {
            if (Ipv4Option.type(data, at) == Ipv4Option.NO_OPERATION) {
                at++;
                continue;
            }
            int length = end - at < 2 ? 0 : Ipv4Option.lengthBytes(data, at);
            int fault = length < 2 || length > end - at ? 0 : faultIn(data, at, length);
            if (fault != NO_PROBLEM) {
                problemPointer = at + fault - ipAt;
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Distance from an option's type to what is wrong in it, or {@link #NO_PROBLEM}. */
    private int faultIn(ByteBuffer data, int at, int length) {
        return switch (Ipv4Option.type(data, at)) {
            case Ipv4Option.LOOSE_SOURCE_ROUTE, Ipv4Option.STRICT_SOURCE_ROUTE -> {
                int fault = sourceRouted ? 0 : routeFault(data, at, length);
                sourceRouted = true;
                yield fault;
            }
            case Ipv4Option.RECORD_ROUTE -> {
                int fault = routeSeen ? 0 : routeFault(data, at, length);
                routeSeen = true;
                yield fault;
            }
            case Ipv4Option.TIMESTAMP -> {
                int fault = timestampSeen ? 0 : timestampFault(data, at, length);
                timestampSeen = true;
                yield fault;
            }
            case Ipv4Option.ROUTER_ALERT -> length < Ipv4Option.ROUTER_ALERT_BYTES ? Ipv4Option.LENGTH : NO_PROBLEM;
            default -> NO_PROBLEM;
        };
    }

    private static int routeFault(ByteBuffer data, int at, int length) {
        if (length < 3) {
            return Ipv4Option.LENGTH;
        }
        int pointer = Ipv4Option.pointer(data, at);
        boolean halfRoom = pointer <= length && pointer - 1 + ADDRESS_BYTES > length;
        return pointer < Ipv4Option.FIRST_ROUTE_POINTER || halfRoom ? Ipv4Option.POINTER : NO_PROBLEM;
    }

    private static int timestampFault(ByteBuffer data, int at, int length) {
        if (length < 4) {
            return Ipv4Option.LENGTH;
        }
        int pointer = Ipv4Option.pointer(data, at);
        int kind = Ipv4Option.timestampKind(data, at);
        if (pointer < Ipv4Option.FIRST_TIMESTAMP_POINTER) {
            return Ipv4Option.POINTER;
        }
        if (pointer <= length) {
            return pointer - 1 + entryBytes(kind) > length ? Ipv4Option.POINTER : NO_PROBLEM;
        }
        boolean counts = kind != Ipv4Option.TIMES_FOR_ADDRESSES;
        return counts && Ipv4Option.overflow(data, at) == MAX_OVERFLOW ? Ipv4Option.TIMESTAMP_FLAGS : NO_PROBLEM;
    }

    private static int entryBytes(int timestampKind) {
        return timestampKind == Ipv4Option.TIMES_AND_ADDRESSES || timestampKind == Ipv4Option.TIMES_FOR_ADDRESSES
                ? ADDRESS_BYTES + TIME_BYTES
                : TIME_BYTES;
    }

    /**
     * Writes into options that were judged that the packet was here.
     *
     * @param end position behind the options
     * @param address this host's address towards where the packet goes
     * @param timeMs milliseconds since midnight UT
     */
    static void record(ByteBuffer data, int from, int end, int address, int timeMs, LocalAddresses local) {
        int at = from;
        while (at < end && Ipv4Option.type(data, at) != Ipv4Option.END) {
            int type = Ipv4Option.type(data, at);
            if (type == Ipv4Option.NO_OPERATION) {
                at++;
                continue;
            }
            if (type == Ipv4Option.RECORD_ROUTE) {
                recordRoute(data, at, address);
            } else if (type == Ipv4Option.TIMESTAMP) {
                recordTime(data, at, address, timeMs, local);
            }
            at += Ipv4Option.lengthBytes(data, at);
        }
    }

    private static void recordRoute(ByteBuffer data, int at, int address) {
        int pointer = Ipv4Option.pointer(data, at);
        if (pointer <= Ipv4Option.lengthBytes(data, at)) {
            data.putInt(at + pointer - 1, address);
            Ipv4Option.setPointer(data, at, pointer + ADDRESS_BYTES);
        }
    }

    private static void recordTime(ByteBuffer data, int at, int address, int timeMs, LocalAddresses local) {
        int pointer = Ipv4Option.pointer(data, at);
        int kind = Ipv4Option.timestampKind(data, at);
        if (pointer > Ipv4Option.lengthBytes(data, at)) {
            if (kind != Ipv4Option.TIMES_FOR_ADDRESSES) {
                Ipv4Option.setOverflow(data, at, Math.min(Ipv4Option.overflow(data, at) + 1, MAX_OVERFLOW));
            }
            return;
        }
        int entry = at + pointer - 1;
        if (kind == Ipv4Option.TIMES) {
            data.putInt(entry, timeMs);
        } else if (kind == Ipv4Option.TIMES_AND_ADDRESSES) {
            data.putInt(entry, address);
            data.putInt(entry + ADDRESS_BYTES, timeMs);
        } else if (kind == Ipv4Option.TIMES_FOR_ADDRESSES && local.isLocal(data.getInt(entry))) {
            data.putInt(entry + ADDRESS_BYTES, timeMs);
        } else {
            return;
        }
        Ipv4Option.setPointer(data, at, pointer + entryBytes(kind));
    }

    /**
     * Copies the options that an answer carries back (RFC 1122 section 3.2.2.6): those that record where a packet was.
     *
     * @param to position behind the place for them: they end there
     * @return bytes copied, a multiple of 4
     */
    static int copyForAnswer(ByteBuffer from, int fromAt, int fromEnd, ByteBuffer target, int to) {
        int bytes = answerBytes(from, fromAt, fromEnd);
        int padded = bytes + 3 & ~3;
        int write = to - padded;
        for (int at = fromAt; at < fromEnd && Ipv4Option.type(from, at) != Ipv4Option.END; at += step(from, at)) {
            if (isAnswered(Ipv4Option.type(from, at))) {
                target.put(write, from, at, step(from, at));
                write += step(from, at);
            }
        }
        while (write < to) {
            target.put(write++, (byte) Ipv4Option.END);
        }
        return padded;
    }

    private static int answerBytes(ByteBuffer data, int from, int end) {
        int bytes = 0;
        for (int at = from; at < end && Ipv4Option.type(data, at) != Ipv4Option.END; at += step(data, at)) {
            if (isAnswered(Ipv4Option.type(data, at))) {
                bytes += step(data, at);
            }
        }
        return bytes;
    }

    private static boolean isAnswered(int type) {
        return type == Ipv4Option.RECORD_ROUTE || type == Ipv4Option.TIMESTAMP;
    }

    private static int step(ByteBuffer data, int at) {
        return Ipv4Option.type(data, at) == Ipv4Option.NO_OPERATION ? 1 : Ipv4Option.lengthBytes(data, at);
    }

    /** Makes nothing of the options that only the first fragment of a datagram has. */
    static void blankUncopied(ByteBuffer data, int ipAt, int headerBytes) {
        int end = ipAt + headerBytes;
        int at = ipAt + Ipv4.HEADER_BYTES;
        while (at < end && Ipv4Option.type(data, at) != Ipv4Option.END) {
            int length = step(data, at);
            if (!Ipv4Option.isCopied(Ipv4Option.type(data, at))) {
                for (int i = 0; i < length; i++) {
                    data.put(at + i, (byte) Ipv4Option.NO_OPERATION);
                }
            }
            at += length;
        }
    }

    /** Options of a program's, in whole words; null if they cannot be sent. */
    static byte @Nullable [] sendable(byte[] options) {
        int bytes = (options.length + 3) & ~3;
        if (bytes > Ipv4Option.MAX_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.allocate(Ipv4.HEADER_BYTES + bytes);
        header.put(Ipv4.HEADER_BYTES, options);
        Ipv4Options judge = new Ipv4Options();
        if (!judge.judge(header, 0, Ipv4.HEADER_BYTES + bytes) || judge.sourceRouted) {
            return null;
        }
        return Arrays.copyOf(options, bytes);
    }
}
