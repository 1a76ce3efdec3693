package dev.atoll.runtime.localhost;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

/** Addresses and errors of the kernel's sockets, in the words of the stack, and the other way round. */
final class Sockets {
    private Sockets() {}

    static ProtocolFamily family(IpAddress address) {
        return address.isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    static InetSocketAddress toJava(IpAddress address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address.octets()), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 octets", e);
        }
    }

    static FullAddress toStack(SocketAddress address) {
        InetSocketAddress inet = (InetSocketAddress) address;
        return new FullAddress(IpAddress.of(inet.getAddress().getAddress()), inet.getPort());
    }

    /** What a call of the kernel said, as the stack would say it. The JDK has the errno only in its text. */
    static StackException toStack(IOException e) {
        if (e instanceof StackException already) {
            return already;
        }
        String text = e.getMessage();
        for (StackError error : StackError.values()) {
            if (error.text().equals(text)) {
                return new StackException(error);
            }
        }
        return new StackException(StackError.NO_BUFFER_SPACE, "the kernel's loopback: " + text);
    }

    /** Ends a connection of the kernel's with RST. */
    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException ignored) {
            // It is over already, and closing it is all there is to do.
        }
        close(channel);
    }

    static void close(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception ignored) {
            // The descriptor is gone either way, and what it was for has ended.
        }
    }
}
