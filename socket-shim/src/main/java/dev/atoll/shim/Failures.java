package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * What the stack's errors become in Java: the exception that the JDK makes of the same errno in the same call, with its
 * text, and after it what decided (a policy's rule), where the stack says so.
 */
final class Failures {
    private Failures() {}

    /** For connect, bind, listen, accept, options and datagrams. */
    static SocketException ofCall(StackException e) {
        return ofCall(e, textOf(e));
    }

    /** For connect: says where to, if {@link HostInfo} is wanted. */
    static SocketException ofConnect(StackException e, @Nullable SocketAddress remote) {
        String text = textOf(e);
        return ofCall(e, remote != null && HostInfo.isWanted() ? text + ": " + remote : text);
    }

    private static SocketException ofCall(StackException e, String text) {
        SocketException translated =
                switch (e.error()) {
                    case REFUSED, TIMED_OUT, NOT_CONNECTED -> new ConnectException(text);
                    case HOST_UNREACHABLE -> new NoRouteToHostException(text);
                    case ADDRESS_IN_USE, BAD_LOCAL_ADDRESS, PERMISSION_DENIED -> new BindException(text);
                    case RESET,
                            BROKEN_PIPE,
                            ABORTED,
                            NETWORK_DOWN,
                            NETWORK_UNREACHABLE,
                            HOST_DOWN,
                            PROTOCOL_UNREACHABLE,
                            DUPLICATE_ADDRESS,
                            UNKNOWN_NIC,
                            MESSAGE_TOO_LONG,
                            NO_BUFFER_SPACE,
                            NOT_PERMITTED,
                            ALREADY_CONNECTED,
                            ALREADY_CONNECTING,
                            INVALID,
                            UNKNOWN_OPTION,
                            UNKNOWN_CONGESTION_CONTROL,
                            NOT_SUPPORTED,
                            DESTINATION_REQUIRED,
                            BAD_BUFFER,
                            CLOSED -> new SocketException(text);
                };
        translated.initCause(e);
        return translated;
    }

    /** Shutting a connection that the peer has ended is ENOTCONN to the kernel, which the JDK lets pass. */
    static void throwUnlessGone(StackException e) throws SocketException {
        if (e.error() != StackError.NOT_CONNECTED) {
            throw ofCall(e);
        }
    }

    /** For reading from a connection by a channel. */
    static IOException ofRead(StackException e) {
        if (e.error() == StackError.RESET) {
            return caused(new SocketException(textOf(e)), e);
        }
        return caused(new IOException(textOf(e)), e);
    }

    /** For reading from a connection by an asynchronous channel, which has one exception for all. */
    static IOException ofAsyncRead(StackException e) {
        return caused(new IOException(textOf(e)), e);
    }

    /** For writing to a connection by a channel. */
    static IOException ofWrite(StackException e) {
        return caused(new IOException(writeText(e)), e);
    }

    /** For reading from a connection by a socket. */
    static SocketException ofSocketRead(StackException e) {
        return caused(new SocketException(textOf(e)), e);
    }

    /** For writing to a connection by a socket. */
    static SocketException ofSocketWrite(StackException e) {
        return caused(new SocketException(writeText(e)), e);
    }

    /** For sending and receiving datagrams. */
    static SocketException ofDatagram(StackException e) {
        if (e.error() == StackError.REFUSED) {
            // The JDK's own has no text at all.
            PortUnreachableException unreachable = e.detail() == null
                    ? new PortUnreachableException()
                    : new PortUnreachableException("Connection refused (" + e.detail() + ")");
            return caused(unreachable, e);
        }
        return ofCall(e);
    }

    /** strerror(ECONNRESET) is longer than what the JDK says when a read finds the connection reset. */
    private static String writeText(StackException e) {
        if (e.error() != StackError.RESET) {
            return textOf(e);
        }
        return e.detail() == null ? "Connection reset by peer" : "Connection reset by peer (" + e.detail() + ")";
    }

    private static String textOf(StackException e) {
        String message = e.getMessage();
        return message == null ? e.error().text() : message;
    }

    private static <T extends IOException> T caused(T translated, StackException e) {
        translated.initCause(e);
        return translated;
    }

    /** What a socket makes of any failure that is not one of its own kind already. */
    static SocketException asSocketException(Exception e) {
        if (e instanceof SocketException already) {
            return already;
        }
        SocketException translated = new SocketException(e.getMessage());
        translated.initCause(e);
        return translated;
    }
}
