package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.TcpSegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Joins segments that follow each other, as a segmentation offload would have had them. */
final class Segments {
    private static final int LAST_ONLY = TcpSegment.PSH | TcpSegment.FIN;

    private Segments() {}

    /** Both as one, or null if the second does not continue the first. */
    static @Nullable TcpSegment join(TcpSegment first, TcpSegment second) {
        boolean continues = second.seq() == first.seq() + first.payload().length()
                && second.ack() == first.ack()
                && (second.flags() & ~LAST_ONLY) == (first.flags() & ~LAST_ONLY)
                && second.payload().length() > 0
                && first.options().size() == second.options().size();
        if (!continues) {
            return null;
        }
        byte[] head = first.payload().toArray();
        byte[] tail = second.payload().toArray();
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return new TcpSegment(
                first.sourcePort(),
                first.destinationPort(),
                first.seq(),
                first.ack(),
                second.flags(),
                second.window(),
                second.urgentPointer(),
                second.options(),
                Bytes.of(both));
    }
}
