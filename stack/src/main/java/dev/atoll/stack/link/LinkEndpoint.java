package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.MacAddress;

/**
 * The lower end of a NIC: takes frames from the stack and hands frames to it.
 *
 * <p>All methods are called under the hold of the stack it is attached to, by whichever thread has it, one at a time.
 * A link belongs to at most one stack.
 */
public interface LinkEndpoint {
    /**
     * What the stack may leave to this link.
     *
     * @param transmitChecksum the link completes partial transport checksums
     * @param receiveChecksum the link says which incoming packets have a good transport checksum
     * @param gsoMaxBytes the largest TCP super-segment the link takes, IP header included; 0 for none. A link that takes them
     *     is believed to bring them, too: what comes by others, a NIC joins itself unless told otherwise
     * @param ethernet frames have an Ethernet header and neighbours are resolved; else they are IP packets as they are
     * @param loopback what is sent comes back to this stack, and nothing else does
     */
    record Capabilities(
            boolean transmitChecksum, boolean receiveChecksum, int gsoMaxBytes, boolean ethernet, boolean loopback) {
        /** What a link to others leaves to itself. */
        public Capabilities(boolean transmitChecksum, boolean receiveChecksum, int gsoMaxBytes, boolean ethernet) {
            this(transmitChecksum, receiveChecksum, gsoMaxBytes, ethernet, /* loopback= */ false);
        }

        /** An Ethernet link that does nothing for the stack. */
        public static final Capabilities PLAIN_ETHERNET = new Capabilities(false, false, 0, true);

        /** A link of IP packets without link headers or addresses that does nothing for the stack. */
        public static final Capabilities PLAIN_IP = new Capabilities(false, false, 0, false);
    }

    /** The largest IP packet a frame carries, bytes. */
    int mtuBytes();

    /** This end's link address; zero on links without. */
    MacAddress linkAddress();

    Capabilities capabilities();

    /**
     * Connects the link to its stack: from now on frames go to {@code dispatcher}. Called once, before anything else
     * but the getters above.
     */
    void attach(LinkDispatcher dispatcher);

    /**
     * Sends one frame, complete from the Ethernet header on if the link has one, and does not keep the packet: a link that queues copies.
     * The caller releases it.
     *
     * @return false if the link has no room now; it then calls {@link LinkDispatcher#writable} once it has
     */
    boolean transmit(PacketBuffer frame);

    /** The stack's cycle ends: what {@link #transmit} gathered for one system call goes out now. */
    default void flush() {}

    /** Lets go of everything; no frame is delivered afterwards. */
    void close();
}
