package dev.atoll.launcher.jvms;

import io.netty.buffer.ByteBuf;

/** Where a switch sends frames to. The loop's thread. */
interface SwitchPort {
    /**
     * Sends a frame, if it can at once.
     *
     * @param frame its length in 4 bytes, then from the Ethernet header on; the caller's to release
     * @return false if there is no room, or who is there does not take it
     */
    boolean send(ByteBuf frame);

    /** What {@link #send} gathered goes out. */
    void flush();

    void close();
}
