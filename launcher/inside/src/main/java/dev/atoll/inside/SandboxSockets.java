package dev.atoll.inside;

import dev.atoll.bridge.InterfaceView;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.shim.StackSockets;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.NameService;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shim's view of the sandbox. Exists before the sandbox does, and refuses until then: nothing of the program runs
 * that early.
 */
final class SandboxSockets implements StackSockets, NameService {
    private record Open(StackSockets sockets, NameService names) {}

    private final boolean ipv6;
    private final @Nullable ResolvedNames resolved;
    private volatile @Nullable Open open;

    /**
     * @param ipv6 whether the stack will have IPv6; Java sees it unless the program was told not to look, as it is with a
     *     host's
     * @param resolved takes note of what names the program has looked up, or null
     */
    SandboxSockets(boolean ipv6, @Nullable ResolvedNames resolved) {
        this.resolved = resolved;
        this.ipv6 = ipv6 && !Boolean.getBoolean("java.net.preferIPv4Stack");
    }

    void open(Sandbox sandbox) {
        open = new Open(StackSockets.of(sandbox.stack(), ipv6), sandbox.names());
    }

    private StackSockets sockets() throws StackException {
        Open now = open;
        if (now == null) {
            throw new StackException(StackError.CLOSED, "the sandbox is not started yet");
        }
        return now.sockets();
    }

    private NameService names(String name) throws UnknownNameException {
        Open now = open;
        if (now == null) {
            throw new UnknownNameException(
                    name, UnknownNameException.Reason.TEMPORARY, "the sandbox is not started yet");
        }
        return now.names();
    }

    @Override
    public TcpEndpoint newTcpEndpoint() throws StackException {
        return sockets().newTcpEndpoint();
    }

    @Override
    public TcpListener newTcpListener() throws StackException {
        return sockets().newTcpListener();
    }

    @Override
    public UdpEndpoint newUdpEndpoint() throws StackException {
        return sockets().newUdpEndpoint();
    }

    @Override
    public IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException {
        return sockets().newIcmpEndpoint(ipv4);
    }

    @Override
    public boolean hasIpv6() {
        return ipv6;
    }

    @Override
    public boolean wantsCallers() {
        Open now = open;
        return now != null && now.sockets().wantsCallers();
    }

    @Override
    public List<InterfaceView> interfaces() {
        Open now = open;
        return now == null ? List.of() : now.sockets().interfaces();
    }

    @Override
    public List<IpAddress> lookup(String name) throws UnknownNameException {
        List<IpAddress> addresses = names(name).lookup(name);
        if (resolved != null) {
            resolved.note(name, addresses);
        }
        return addresses;
    }

    @Override
    public String reverse(IpAddress address) throws UnknownNameException {
        return names(address.toString()).reverse(address);
    }

    @Override
    public String localHostName() {
        Open now = open;
        return now == null ? "localhost" : now.names().localHostName();
    }
}
