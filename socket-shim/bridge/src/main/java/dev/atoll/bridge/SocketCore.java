package dev.atoll.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link java.net.SocketImpl} does, as an interface that code outside {@code java.net} can call: its own methods
 * are protected. Names, meanings and exceptions are those of {@code SocketImpl}.
 *
 * <p>Any thread may call any method; {@code close} ends what other threads are blocked in.
 */
public interface SocketCore {
    void create(boolean stream) throws IOException;

    void connect(SocketAddress remote, int timeoutMillis) throws IOException;

    void bind(InetAddress host, int port) throws IOException;

    void listen(int backlog) throws IOException;

    /** Waits for a connection; the core returned is created and connected. */
    SocketCore accept() throws IOException;

    InputStream inputStream() throws IOException;

    OutputStream outputStream() throws IOException;

    int available() throws IOException;

    void close() throws IOException;

    void shutdownInput() throws IOException;

    void shutdownOutput() throws IOException;

    void sendUrgentData(int data) throws IOException;

    /** As {@code SocketImpl.getInetAddress}: of the peer, or for a server the address bound to; null if neither. */
    @Nullable InetAddress address();

    /** The peer's port, or 0. */
    int port();

    /** The local port, or 0 while not bound. */
    int localPort();

    /** The address and port the socket is bound to, or null. */
    @Nullable InetSocketAddress localAddress();

    Set<SocketOption<?>> supportedOptions();

    <T> void setOption(SocketOption<T> option, T value) throws IOException;

    <T> T getOption(SocketOption<T> option) throws IOException;

    /** By the numbers of {@link java.net.SocketOptions}. */
    void setOption(int option, Object value) throws SocketException;

    /** By the numbers of {@link java.net.SocketOptions}. */
    Object getOption(int option) throws SocketException;
}
