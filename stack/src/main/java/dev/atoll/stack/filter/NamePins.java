package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of names: which name servers gave for which addresses, and for how long. A stack reads no DNS messages; who hosts
 * it keeps such a table, to which the filter shows the questions and answers that pass.
 *
 * <p>Called under the stack's hold.
 */
public interface NamePins {
    /** The most names that one address has. */
    int MAX_NAMES = 64;

    /** Knows nothing. */
    NamePins NONE = new NamePins() {
        @Override
        public List<String> namesOf(IpAddress address, long nowNs) {
            return List.of();
        }

        @Override
        public @Nullable Origin refusal(PacketBuffer question, long nowNs) {
            return null;
        }

        @Override
        public void received(PacketBuffer answer, long nowNs) {}
    };

    /**
     * The names that an address has now, in small letters and without a dot at the end; an immutable list of at most {@link
     * #MAX_NAMES}, possibly empty.
     */
    List<String> namesOf(IpAddress address, long nowNs);

    /**
     * A UDP datagram to port 53 is about to leave, which all rules have let through.
     *
     * @param question addresses and {@code transportOffset} set
     * @return null if it may; otherwise it is rejected, and this is told as the reason
     */
    @Nullable Origin refusal(PacketBuffer question, long nowNs);

    /**
     * A UDP datagram from port 53 has come in, which all rules have let through.
     *
     * @param answer addresses and {@code transportOffset} set
     */
    void received(PacketBuffer answer, long nowNs);
}
