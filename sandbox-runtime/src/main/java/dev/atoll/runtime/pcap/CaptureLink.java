package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.NestedLink;

/**
 * A link that records what crosses another: every frame that came in, and every frame the other link took. A frame
 * whose checksum or segmentation is left to the host is recorded with its checksum complete, and as the one packet it
 * is.
 *
 * <p>Under the stack's hold, like any link. The other link belongs to this one; the writer does not.
 */
public final class CaptureLink extends NestedLink {
    private final PcapngWriter writer;

    public CaptureLink(LinkEndpoint inner, PcapngWriter writer) {
        super(inner);
        this.writer = writer;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (!inner().transmit(frame)) {
            return false;
        }
        writer.recordOutbound(frame);
        return true;
    }

    @Override
    public void deliver(PacketBuffer frame) {
        writer.recordInbound(frame);
        outer().deliver(frame);
    }
}
