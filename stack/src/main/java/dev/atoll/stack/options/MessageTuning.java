package dev.atoll.stack.options;

import dev.atoll.stack.env.Check;

/**
 * Buffers of the endpoints that send and receive messages: UDP, ping, raw and packet endpoints.
 *
 * @param leastBufferBytes what SO_RCVBUF and SO_SNDBUF are at least, however little is asked for
 * @param bufferBytes what they are unless they are set (Linux: net.core.rmem_default, wmem_default)
 * @param mostBufferBytes what they are at most, however much is asked for
 */
public record MessageTuning(int leastBufferBytes, int bufferBytes, int mostBufferBytes) {
    /**
     * The least that Linux takes, where SOCK_MIN_RCVBUF is twice as much because what is asked for is doubled first; its
     * rmem_default; 4 MiB.
     */
    public static final MessageTuning DEFAULT = new MessageTuning(1152, 212_992, 4 << 20);

    public MessageTuning {
        Check.argument(leastBufferBytes > 0, "leastBufferBytes", leastBufferBytes, "1 or more");
        Check.argument(
                bufferBytes >= leastBufferBytes && bufferBytes <= mostBufferBytes,
                "bufferBytes",
                bufferBytes,
                leastBufferBytes + " to " + mostBufferBytes);
    }

    /** A size that is asked for, within the limits. */
    public int clamp(int bytes) {
        return Math.max(leastBufferBytes, Math.min(bytes, mostBufferBytes));
    }
}
