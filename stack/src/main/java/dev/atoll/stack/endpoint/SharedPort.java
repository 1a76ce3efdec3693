package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.PortHolder.HeldPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint's port while somebody outside the stack holds it too. The holder is asked first and the stack then, so that who
 * else is on loopback never sees a port that the stack has not. Never called under the stack's hold.
 */
final class SharedPort {
    /** Asks the holder. */
    @FunctionalInterface
    interface Holding {
        HeldPort hold(FullAddress local) throws StackException;
    }

    /** Binds in the stack alone. */
    @FunctionalInterface
    interface Binding {
        void bind(FullAddress local) throws StackException;
    }

    /** Ports the holder may choose that the stack has for something else, before there seem to be none. */
    private static final int MAX_TRIES = 64;

    private @Nullable HeldPort held;
    private boolean closed;

    /** Whether others on loopback can meet what is bound so. */
    static boolean isOnLoopback(FullAddress local) {
        IpAddress address = local.address();
        return address.isLoopback() || (address.isUnspecified() && local.nicId() == 0);
    }

    synchronized void bind(FullAddress local, Holding holding, Binding binding) throws StackException {
        if (closed) {
            throw new StackException(StackError.CLOSED);
        }
        if (held != null) {
            throw new StackException(StackError.INVALID);
        }
        for (int i = 1; ; i++) {
            HeldPort port = holding.hold(local);
            try {
                binding.bind(new FullAddress(local.nicId(), local.address(), port.port()));
                held = port;
                return;
            } catch (StackException e) {
                boolean another = local.port() == 0 && e.error() == StackError.ADDRESS_IN_USE && i < MAX_TRIES;
                if (!another) {
                    throw e;
                }
            } finally {
                if (held != port) {
                    port.release();
                }
            }
        }
    }

    /** The endpoint closes. */
    synchronized void close() {
        closed = true;
        HeldPort port = held;
        held = null;
        if (port != null) {
            port.release();
        }
    }
}
