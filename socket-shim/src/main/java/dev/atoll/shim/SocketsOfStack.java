package dev.atoll.shim;

import dev.atoll.bridge.InterfaceView;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.IpAddress;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The door to a {@link Stack}. */
final class SocketsOfStack implements StackSockets {
    /** A subnet of two addresses or one has no broadcast address (RFC 3021). */
    private static final int LONGEST_PREFIX_WITH_BROADCAST = 30;

    private final Stack stack;
    private final boolean hasIpv6;

    SocketsOfStack(Stack stack, boolean hasIpv6) {
        this.stack = stack;
        this.hasIpv6 = hasIpv6;
    }

    @Override
    public TcpEndpoint newTcpEndpoint() {
        return stack.newTcpEndpoint();
    }

    @Override
    public TcpListener newTcpListener() {
        return stack.newTcpListener();
    }

    @Override
    public UdpEndpoint newUdpEndpoint() {
        return stack.newUdpEndpoint();
    }

    @Override
    public IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException {
        return stack.newIcmpEndpoint(ipv4);
    }

    @Override
    public boolean hasIpv6() {
        return hasIpv6;
    }

    @Override
    public boolean wantsCallers() {
        return stack.ipTables().wantsCallers();
    }

    @Override
    public List<InterfaceView> interfaces() {
        List<InterfaceView> views = new ArrayList<>();
        for (Nic nic : stack.nics()) {
            boolean loopback = nic.isLoopback();
            List<InterfaceView.Binding> bindings = new ArrayList<>();
            for (Nic.Address each : nic.addresses()) {
                if (!hasIpv6 && !each.address().isV4()) {
                    continue;
                }
                bindings.add(new InterfaceView.Binding(
                        Addresses.toJava(each.address()),
                        each.prefixLength(),
                        loopback ? null : broadcastOf(each.address(), each.prefixLength())));
            }
            views.add(new InterfaceView(
                    nic.name(),
                    nic.id(),
                    bindings,
                    nic.isEnabled(),
                    loopback,
                    false,
                    !loopback,
                    loopback ? InterfaceView.NO_HARDWARE_ADDRESS : bitsOf(nic),
                    nic.mtuBytes()));
        }
        return views;
    }

    private static long bitsOf(Nic nic) {
        return nic.linkAddress().bits();
    }

    private static @Nullable Inet4Address broadcastOf(IpAddress address, int prefixLength) {
        if (!address.isV4() || prefixLength > LONGEST_PREFIX_WITH_BROADCAST) {
            return null;
        }
        int hostBits = prefixLength == 0 ? -1 : (1 << 32 - prefixLength) - 1;
        return (Inet4Address) Addresses.toJava(IpAddress.v4(address.v4Bits() | hostBits));
    }
}
