package dev.atoll.launcher.jvms;

import dev.atoll.runtime.pcap.PcapngWriter;
import dev.atoll.stack.buffer.PacketBuffer;
import io.netty.buffer.ByteBuf;

/**
 * What crosses the link of one JVM, in a file: its directions are those that the JVM sees. The loop's thread records and never waits for
 * the disk; any thread but that one closes.
 */
final class Recording {
    private static final String REFUSED = "refused: not for this JVM to send";

    private final PcapngWriter writer;

    Recording(PcapngWriter writer) {
        this.writer = writer;
    }

    /**
     * The JVM has sent it.
     *
     * @param frame as {@link SwitchPort#send} takes it
     */
    void sent(ByteBuf frame) {
        writer.recordOutbound(copy(frame));
    }

    /** The JVM has sent it, and it went nowhere. */
    void refused(ByteBuf frame) {
        writer.recordOutbound(copy(frame), REFUSED);
    }

    /** It is on its way to the JVM. */
    void received(ByteBuf frame) {
        writer.recordInbound(copy(frame));
    }

    private static PacketBuffer copy(ByteBuf frame) {
        byte[] bytes = new byte[frame.readableBytes() - Switch.LENGTH_BYTES];
        frame.getBytes(frame.readerIndex() + Switch.LENGTH_BYTES, bytes);
        return PacketBuffer.copyOf(bytes);
    }

    /** Writes what is still to be written; waits for that. */
    void close() {
        writer.close();
    }

    /** A port that records what it takes. */
    SwitchPort recorded(SwitchPort port) {
        return new SwitchPort() {
            @Override
            public boolean send(ByteBuf frame) {
                if (!port.send(frame)) {
                    return false;
                }
                received(frame);
                return true;
            }

            @Override
            public void flush() {
                port.flush();
            }

            @Override
            public void close() {
                port.close();
            }
        };
    }
}
