package dev.atoll.inside;

import dev.atoll.bridge.InterfaceView;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.shim.StackSockets;
import dev.atoll.stack.Nic;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.NameService;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shim's view of the sandbox. Exists before the sandbox does, and refuses until then: nothing of the program runs
 * that early.
 */
final class SandboxSockets implements StackSockets, NameService {
    private volatile @Nullable Sandbox sandbox;

    void open(Sandbox started) {
        sandbox = started;
    }

    private Sandbox sandbox() throws StackException {
        Sandbox open = sandbox;
        if (open == null) {
            throw new StackException(StackError.CLOSED, "the sandbox is not started yet");
        }
        return open;
    }

    @Override
    public TcpEndpoint newTcpEndpoint() throws StackException {
        return sandbox().stack().newTcpEndpoint();
    }

    @Override
    public TcpListener newTcpListener() throws StackException {
        return sandbox().stack().newTcpListener();
    }

    @Override
    public UdpEndpoint newUdpEndpoint() throws StackException {
        return sandbox().stack().newUdpEndpoint();
    }

    @Override
    public boolean hasIpv6() {
        return false;
    }

    @Override
    public List<InterfaceView> interfaces() {
        List<InterfaceView> views = new ArrayList<>();
        Sandbox open = sandbox;
        if (open != null) {
            for (Nic nic : open.stack().nics()) {
                views.add(view(nic));
            }
        }
        return views;
    }

    private static InterfaceView view(Nic nic) {
        List<InterfaceView.Binding> bindings = new ArrayList<>();
        for (Nic.Address address : nic.addresses()) {
            Subnet subnet = Subnet.containing(address.address(), address.prefixLength());
            boolean broadcast = !nic.isLoopback() && subnet.isBroadcast(subnet.lastAddress());
            bindings.add(new InterfaceView.Binding(
                    inet(address.address()),
                    address.prefixLength(),
                    broadcast && inet(subnet.lastAddress()) instanceof Inet4Address last ? last : null));
        }
        return new InterfaceView(
                nic.name(),
                nic.id(),
                List.copyOf(bindings),
                nic.isEnabled(),
                nic.isLoopback(),
                false,
                !nic.isLoopback(),
                nic.isLoopback()
                        ? InterfaceView.NO_HARDWARE_ADDRESS
                        : nic.linkAddress().bits(),
                nic.mtuBytes());
    }

    private static InetAddress inet(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 octets", e);
        }
    }

    @Override
    public List<IpAddress> lookup(String host) throws UnknownNameException {
        return names(host).lookup(host);
    }

    @Override
    public String reverse(IpAddress address) throws UnknownNameException {
        return names(address.toString()).reverse(address);
    }

    private NameService names(String wanted) throws UnknownNameException {
        Sandbox open = sandbox;
        if (open == null) {
            throw new UnknownNameException(
                    wanted, UnknownNameException.Reason.TEMPORARY, "the sandbox is not started yet");
        }
        return open.names();
    }

    @Override
    public String localHostName() {
        Sandbox open = sandbox;
        return open == null ? "localhost" : open.names().localHostName();
    }
}
