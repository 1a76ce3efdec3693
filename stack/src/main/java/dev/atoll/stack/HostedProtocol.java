package dev.atoll.stack;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.protocol.NetworkContext;
import dev.atoll.stack.protocol.TransportContext;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/** What the stack is to one protocol of the caller's own, transport or network. */
final class HostedProtocol implements TransportContext, NetworkContext {
    private final Hold hold;
    private final Cycle cycle;
    private final BufferPool pool;
    private final IpLayer ip;
    private final int number;

    /**
     * @param number its protocol number or EtherType
     */
    HostedProtocol(Hold hold, Cycle cycle, BufferPool pool, IpLayer ip, int number) {
        this.hold = hold;
        this.cycle = cycle;
        this.pool = pool;
        this.ip = ip;
        this.number = number;
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public long nowNs() {
        return cycle.nowNs();
    }

    @Override
    public Rng rng() {
        return cycle.rng();
    }

    @Override
    public Timer newTimer(Timer.Action action) {
        return cycle.newTimer(action);
    }

    @Override
    public void execute(Runnable work) {
        hold.query(() -> {
            work.run();
            return true;
        });
    }

    @Override
    public @Nullable IpAddress sourceFor(FullAddress destination) {
        Route route = ip.routes().find(destination.address(), null, destination.nicId());
        return route == null ? null : route.source();
    }

    @Override
    public @Nullable StackError send(
            PacketBuffer packet, @Nullable IpAddress source, FullAddress destination, int ttl, int tos) {
        Route route = ip.routes().find(destination.address(), source, destination.nicId());
        if (route == null) {
            packet.release();
            return StackError.NETWORK_UNREACHABLE;
        }
        if (packet.length() > route.maxPayloadBytes()) {
            packet.release();
            return StackError.MESSAGE_TOO_LONG;
        }
        return ip.send(packet, route, number, ttl, tos, IpLayer.FRAGMENT | IpLayer.MULTICAST_LOOP);
    }

    @Override
    public void confirmReachable(FullAddress destination) {
        Route route = ip.routes().find(destination.address(), null, destination.nicId());
        if (route != null) {
            route.device().confirmReachable(route.nextHop());
        }
    }

    @Override
    public @Nullable StackError send(PacketBuffer packet, int nicId, MacAddress to) {
        Device device = ip.routes().device(nicId);
        StackError fault = null;
        if (device == null) {
            fault = StackError.UNKNOWN_NIC;
        } else if (!device.isEnabled()) {
            fault = StackError.NETWORK_DOWN;
        } else if (packet.length() > device.mtuBytes()) {
            fault = StackError.MESSAGE_TOO_LONG;
        } else {
            device.sendFrame(packet, to.bits(), number);
            return null;
        }
        packet.release();
        return fault;
    }
}
