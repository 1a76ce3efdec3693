package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** The TCP header (RFC 9293 section 3.1). */
public final class Tcp {
    /** Bytes of a header without options. */
    public static final int HEADER_BYTES = 20;

    /** Bytes of a header with as many options as it can have. */
    public static final int MAX_HEADER_BYTES = 60;

    /** Distance from the header to its checksum field. */
    public static final int CHECKSUM_OFFSET = 16;

    /** Bytes of source and destination port, with which the header begins. */
    public static final int PORTS_BYTES = 4;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    /** Distance from the header to the destination port; the source port comes first. */
    public static final int DESTINATION = 2;

    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGMENT = 8;
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS = 13;
    private static final int WINDOW = 14;
    private static final int URGENT = 18;

    private Tcp() {}

    public static int sourcePort(ByteBuffer data, int at) {
        return data.getShort(at) & 0xffff;
    }

    public static int destinationPort(ByteBuffer data, int at) {
        return data.getShort(at + DESTINATION) & 0xffff;
    }

    public static int sequence(ByteBuffer data, int at) {
        return data.getInt(at + SEQUENCE);
    }

    public static void setSequence(ByteBuffer data, int at, int sequence) {
        data.putInt(at + SEQUENCE, sequence);
    }

    public static int acknowledgment(ByteBuffer data, int at) {
        return data.getInt(at + ACKNOWLEDGMENT);
    }

    /** Bytes of the header, options included; below 20 if it is malformed. */
    public static int headerBytes(ByteBuffer data, int at) {
        return (data.get(at + DATA_OFFSET) >>> 4 & 0xf) * 4;
    }

    /** The eight flags from CWR to FIN. */
    public static int flags(ByteBuffer data, int at) {
        return data.get(at + FLAGS) & 0xff;
    }

    /** Sets the eight flags. */
    public static void setFlags(ByteBuffer data, int at, int flags) {
        data.put(at + FLAGS, (byte) flags);
    }

    /** The window field, not scaled. */
    public static int window(ByteBuffer data, int at) {
        return data.getShort(at + WINDOW) & 0xffff;
    }

    public static int checksum(ByteBuffer data, int at) {
        return data.getShort(at + CHECKSUM_OFFSET) & 0xffff;
    }

    public static int urgentPointer(ByteBuffer data, int at) {
        return data.getShort(at + URGENT) & 0xffff;
    }

    /** Writes the fixed header with a checksum field of 0. */
    public static void write(
            ByteBuffer data,
            int at,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int headerBytes,
            int flags,
            int window,
            int urgentPointer) {
        data.putShort(at, (short) sourcePort);
        data.putShort(at + DESTINATION, (short) destinationPort);
        data.putInt(at + SEQUENCE, sequence);
        data.putInt(at + ACKNOWLEDGMENT, acknowledgment);
        data.putShort(at + DATA_OFFSET, (short) (headerBytes << 10 | flags));
        data.putShort(at + WINDOW, (short) window);
        data.putShort(at + CHECKSUM_OFFSET, (short) 0);
        data.putShort(at + URGENT, (short) urgentPointer);
    }
}
