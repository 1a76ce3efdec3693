package dev.atoll.launcher.jvms;

import io.netty.buffer.ByteBuf;

/** Where a switch sends frames to. The loop's thread. */
interface SwitchPort {
    /**
     * Sends a frame, or drops it if there is no room.
     *
     * @param frame its length in 4 bytes, then from the Ethernet header on; the caller's to release
     */
    void send(ByteBuf frame);

    /** What {@link #send} gathered goes out. */
    void flush();

    void close();
}
