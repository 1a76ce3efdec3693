package dev.atoll.shim;

import dev.atoll.bridge.InterfaceView;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import java.util.List;

/**
 * The shim's only door to a stack; {@link #of} is that of a {@link Stack}. Every method may be called from any thread.
 *
 * <p>There are two switches: while {@link #hasIpv6} is false, Java sees a host without IPv6; while {@link #wantsCallers} is,
 * nobody looks whose code opens sockets.
 */
public interface StackSockets {
    TcpEndpoint newTcpEndpoint() throws StackException;

    TcpListener newTcpListener() throws StackException;

    UdpEndpoint newUdpEndpoint() throws StackException;

    /** For {@code InetAddress.isReachable}. */
    IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException;

    /** The stack's NICs as Java is to see them, {@code lo} included, in the order of their ids. */
    List<InterfaceView> interfaces();

    /** Whether the stack speaks IPv6. */
    boolean hasIpv6();

    /** Whether endpoints are to be told whose code opens them; asked each time. */
    boolean wantsCallers();

    /**
     * The door to a stack.
     *
     * @param hasIpv6 whether Java is to see IPv6
     */
    static StackSockets of(Stack stack, boolean hasIpv6) {
        return new SocketsOfStack(stack, hasIpv6);
    }
}
