package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;

/** A TAP device with {@code IFF_VNET_HDR}. Under the stack's hold; the descriptor belongs to the link. */
public final class TapLink extends VirtioLink {
    /** What strerror(3) calls ENOBUFS in the C locale; in another language it counts as a loss, which TCP repairs. */
    private static final String NO_BUFFERS = "No buffer space available";

    /**
     * @param descriptor a TAP opened with {@code IFF_TAP | IFF_NO_PI | IFF_VNET_HDR} and the virtio header's default
     *     size
     * @param linkAddress this end's address; not the address the kernel's end has
     * @param mtuBytes the device's MTU
     * @param offload whether {@code TUNSETOFFLOAD} allowed checksum and TCP segmentation offload
     */
    public TapLink(HostDescriptor descriptor, MacAddress linkAddress, int mtuBytes, boolean offload) {
        super(descriptor, linkAddress, mtuBytes, offload);
    }

    @Override
    void ended() {
        fail("the TAP device was closed");
    }

    @Override
    boolean readFailed(IOException cause) {
        fail("the TAP device cannot be read: " + cause.getMessage());
        return false;
    }

    @Override
    boolean isWithoutRoom(IOException cause) {
        return NO_BUFFERS.equals(cause.getMessage());
    }

    /** A TAP passes on nothing that {@code TUNSETOFFLOAD} has not asked for. */
    @Override
    boolean deliverOther(LinkDispatcher to, PacketBuffer read, int headerAt, int frameBytes) {
        return false;
    }
}
