package dev.atoll.shim;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/** What an adaptor makes of a channel's exception: the one that a socket throws in the same situation. */
final class Translated {
    private Translated() {}

    /** For methods that may throw any {@link IOException}. */
    static IOException io(Exception e) {
        return e instanceof IOException already ? already : socket(e);
    }

    /** For methods that may throw {@link SocketException} only. */
    static SocketException socket(Exception e) {
        if (e instanceof SocketException already) {
            return already;
        }
        SocketException translated = new SocketException(text(e));
        translated.initCause(e);
        return translated;
    }

    private static String text(Exception e) {
        if (e instanceof ClosedChannelException) {
            return "Socket is closed";
        }
        if (e instanceof NotYetConnectedException) {
            return "Socket is not connected";
        }
        if (e instanceof AlreadyBoundException) {
            return "Already bound";
        }
        if (e instanceof AlreadyConnectedException) {
            return "Already connected";
        }
        if (e instanceof NotYetBoundException) {
            return "Socket is not bound yet";
        }
        if (e instanceof UnsupportedAddressTypeException) {
            return "Unsupported address type";
        }
        if (e instanceof UnresolvedAddressException) {
            return "Unresolved address";
        }
        if (e instanceof RuntimeException other) {
            throw other;
        }
        return String.valueOf(e.getMessage());
    }
}
