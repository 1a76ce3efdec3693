package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;

/** A link whose frames somebody in this process supplies and takes. Under the stack's hold, like any link. */
public interface InjectableLink extends LinkEndpoint {
    /**
     * A frame comes in, as if it had been received. Takes the frame and hands it on as it is; before the link is attached
     * and after it is closed, only releases it.
     */
    void injectInbound(PacketBuffer frame);

    /**
     * A finished frame goes out without having been in the stack. Does not keep it.
     *
     * @param destination whom it is for, on links that lead to several
     * @return false if the link has no room now; {@link LinkDispatcher#writable} is called once it has
     */
    boolean injectOutbound(IpAddress destination, PacketBuffer frame);
}
