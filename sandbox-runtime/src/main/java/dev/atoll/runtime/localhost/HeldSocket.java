package dev.atoll.runtime.localhost;

import dev.atoll.stack.socket.PortHolder.HeldPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.channels.SelectableChannel;

/**
 * A port that an endpoint of the stack has, held in the kernel too by a socket that is bound there and belongs to this.
 *
 * <p>Any thread; what arrives at the socket is dealt with on the loop's.
 */
abstract class HeldSocket<C extends SelectableChannel> implements Crossing, HeldPort {
    final Localhost localhost;
    final LocalhostLoop loop;
    final C channel;
    private final FullAddress local;

    /**
     * @param channel bound, non-blocking
     * @param local what it is bound to
     */
    HeldSocket(Localhost localhost, LocalhostLoop loop, C channel, FullAddress local) {
        this.localhost = localhost;
        this.loop = loop;
        this.channel = channel;
        this.local = local;
    }

    /** Has the loop watch the socket. */
    final void watch(int interest) {
        loop.execute(() -> loop.watch(channel, interest, this));
    }

    @Override
    public final int port() {
        return local.port();
    }

    final FullAddress local() {
        return local;
    }

    /** Whether what goes to that address and port comes here. */
    final boolean covers(IpAddress address, int port) {
        IpAddress own = local.address();
        boolean any = own.isUnspecified() && (!own.isV4() || address.isV4());
        return local.port() == port && (any || own.equals(address));
    }

    /** The stack's endpoint has given the port up: nothing crosses by it any more. */
    abstract void released();

    @Override
    public final void release() {
        released();
        Sockets.close(channel);
        loop.letGo();
    }

    @Override
    public final void end() {
        Sockets.close(channel);
    }
}
