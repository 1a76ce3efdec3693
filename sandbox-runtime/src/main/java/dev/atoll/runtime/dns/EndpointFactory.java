package dev.atoll.runtime.dns;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;

/** Where a resolver gets its endpoints: the stack it looks names up over. */
public interface EndpointFactory {
    UdpEndpoint newUdpEndpoint() throws StackException;

    TcpEndpoint newTcpEndpoint() throws StackException;
}
