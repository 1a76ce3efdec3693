package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.FullAddress;

/**
 * Takes ports on behalf of a stack that is not alone on its host's loopback: what a listener or a UDP endpoint binds on loopback
 * addresses, or on all addresses, is taken here too, and refused if somebody else has it.
 *
 * <p>Called outside the stack's hold by the thread that binds, before the stack takes the port; must not wait for anybody. May call the
 * stack.
 */
public interface PortHolder {
    /** A port that is held until it is released. */
    interface HeldPort {
        int port();

        /** Gives it back; again does nothing. Any thread. */
        void release();
    }

    /**
     * Holds a port for a listener.
     *
     * @param local what is bound, a loopback address or an unspecified one; port 0 for any port that is free
     * @throws StackException ADDRESS_IN_USE if somebody else has it, PERMISSION_DENIED, BAD_LOCAL_ADDRESS, NO_BUFFER_SPACE if no
     *     more can be held
     */
    HeldPort holdTcp(FullAddress local) throws StackException;

    /**
     * Holds a port for a UDP endpoint.
     *
     * @param local as of {@link #holdTcp}
     * @param shared whether others may have it too: SO_REUSEADDR or SO_REUSEPORT is set
     * @throws StackException as {@link #holdTcp}
     */
    HeldPort holdUdp(FullAddress local, boolean shared) throws StackException;
}
