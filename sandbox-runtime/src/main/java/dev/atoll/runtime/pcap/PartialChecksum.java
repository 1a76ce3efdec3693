package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;

/**
 * Finishes the transport checksum that a packet leaves to its link, in a copy of the packet: what a recording shows is
 * what a wire would have carried (RFC 1071).
 */
final class PartialChecksum {
    /** Where UDP has its checksum, counted from its header; TCP has it elsewhere. */
    private static final int UDP_CHECKSUM_OFFSET = 6;

    private PartialChecksum() {}

    /**
     * @param frame says whether and where
     * @param copy holds the frame's bytes from {@code at} on
     */
    static void complete(PacketBuffer frame, ByteBuffer copy, int at) {
        if (!frame.checksumPartial) {
            return;
        }
        int from = at + frame.checksumStart - frame.start();
        int end = at + frame.length();
        int field = from + frame.checksumOffset;
        // The field holds the pseudo-header's sum, so that summing over it includes that.
        int checksum = ~sum(copy, from, end) & 0xffff;
        if (checksum == 0 && frame.checksumOffset == UDP_CHECKSUM_OFFSET) {
            // RFC 768: zero would say that there is none.
            checksum = 0xffff;
        }
        copy.putShort(field, (short) checksum);
    }

    /** The 16-bit one's complement sum; 32 bits at a time, as the sum of halves is the sum of wholes (RFC 1071, 2). */
    static int sum(ByteBuffer bytes, int from, int end) {
        long sum = 0;
        int at = from;
        for (; end - at >= Integer.BYTES; at += Integer.BYTES) {
            sum += bytes.getInt(at) & 0xffff_ffffL;
        }
        if (end - at >= Short.BYTES) {
            sum += bytes.getShort(at) & 0xffff;
            at += Short.BYTES;
        }
        if (at < end) {
            sum += (bytes.get(at) & 0xff) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
