package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;

/**
 * A packet socket (packet(7)) bound to one Ethernet interface, with {@code PACKET_VNET_HDR}. Under the stack's hold; the
 * descriptor belongs to the link.
 *
 * <p>Unlike a TAP nobody is asked what the link takes: the kernel hands over whatever super-segments the interface
 * receives. It drops frames when the socket's queue is full, and counts them; whoever made the socket chose its size.
 */
public final class PacketLink extends VirtioLink {
    /**
     * What strerror(3) calls EINVAL in the C locale: a super-segment that a virtio header cannot describe, such as one of
     * SCTP, was taken off the queue and is lost. In another language it ends the link.
     */
    private static final String INVALID = "Invalid argument";

    /**
     * @param descriptor a socket of type {@code SOCK_RAW}, bound, with a virtio header of the default size, that hears
     *     neither frames sent by this host nor frames with a VLAN tag, which a read would not show
     * @param linkAddress the interface's address
     * @param mtuBytes the interface's MTU
     * @param offload whether checksums and TCP segmentation are left to the kernel on the way out; on the way in they are
     *     as the interface delivers them
     */
    public PacketLink(HostDescriptor descriptor, MacAddress linkAddress, int mtuBytes, boolean offload) {
        super(descriptor, linkAddress, mtuBytes, offload);
    }

    @Override
    void ended() {
        fail("the packet socket was closed");
    }

    /** The kernel says once that the interface is down, whether it is gone or will come up again: both are the end. */
    @Override
    boolean readFailed(IOException cause) {
        if (INVALID.equals(cause.getMessage())) {
            counters.malformed++;
            return true;
        }
        fail("the interface cannot be read: " + cause.getMessage());
        return false;
    }

    /** A packet socket without room does not block but says so otherwise; ENOBUFS is a queue behind it that has dropped. */
    @Override
    boolean isWithoutRoom(IOException cause) {
        return false;
    }

    @Override
    boolean deliverOther(LinkDispatcher to, PacketBuffer read, int headerAt, int frameBytes) {
        if (!UdpSegments.isSound(read.data(), headerAt, read.start(), frameBytes)) {
            return false;
        }
        counters.bytesIn += frameBytes;
        counters.framesIn += UdpSegments.deliver(to, read.data(), headerAt, read.start(), frameBytes);
        return true;
    }
}
