package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;

/**
 * A link that records what crosses another: every frame that came in, and every frame the other link took. A frame
 * whose checksum or segmentation is left to the host is recorded with its checksum complete, and as the one packet it
 * is.
 *
 * <p>Under the stack's hold, like any link. The other link belongs to this one; the writer does not.
 */
public final class CaptureLink implements LinkEndpoint {
    private final LinkEndpoint inner;
    private final PcapngWriter writer;

    public CaptureLink(LinkEndpoint inner, PcapngWriter writer) {
        this.inner = inner;
        this.writer = writer;
    }

    @Override
    public int mtuBytes() {
        return inner.mtuBytes();
    }

    @Override
    public MacAddress linkAddress() {
        return inner.linkAddress();
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public void attach(LinkDispatcher dispatcher) {
        inner.attach(new Recorder(dispatcher, writer));
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (!inner.transmit(frame)) {
            return false;
        }
        writer.recordOutbound(frame);
        return true;
    }

    @Override
    public void flush() {
        inner.flush();
    }

    @Override
    public void close() {
        inner.close();
    }

    /** Stands between the other link and the stack. */
    private record Recorder(LinkDispatcher stack, PcapngWriter writer) implements LinkDispatcher {
        @Override
        public BufferPool pool() {
            return stack.pool();
        }

        @Override
        public long nowNs() {
            return stack.nowNs();
        }

        @Override
        public void deliver(PacketBuffer frame) {
            writer.recordInbound(frame);
            stack.deliver(frame);
        }

        @Override
        public void writable() {
            stack.writable();
        }

        @Override
        public void linkFailed(String reason) {
            stack.linkFailed(reason);
        }
    }
}
