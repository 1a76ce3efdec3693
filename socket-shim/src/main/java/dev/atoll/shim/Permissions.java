package dev.atoll.shim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.security.ProtectionDomain;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a security manager is asked, where a program has one: JDK 17 and 21 let it. The JDK's channels and their adaptors ask
 * in certain places, and ours ask the same there; what {@code Socket}, {@code ServerSocket}, {@code InetAddress} and {@code
 * NetworkInterface} ask, they ask themselves.
 *
 * <p>The other way round, a program's lack of permissions must not keep the shim from its own work: {@link #privileged}.
 *
 * <p>Any thread. A security manager is the program's code and may take as long as it likes, a look-up of a name for instance.
 */
// Deprecated for removal, but while a supported JDK has them, programs may rely on them.
@SuppressWarnings("removal")
final class Permissions {
    /** No context: that of whoever asks. */
    private static final @Nullable AccessControlContext NONE = null;

    private Permissions() {}

    /** Whether there is a security manager. */
    static boolean areAsked() {
        return System.getSecurityManager() != null;
    }

    /** Before a channel is bound to a port. */
    static void checkListen(int port) {
        SecurityManager manager = System.getSecurityManager();
        if (manager != null) {
            manager.checkListen(port);
        }
    }

    /** Before a channel connects. */
    static void checkConnect(InetSocketAddress remote) {
        SecurityManager manager = System.getSecurityManager();
        if (manager != null) {
            manager.checkConnect(remote.getAddress().getHostAddress(), remote.getPort());
        }
    }

    /** Before a program gets the connection of a peer. */
    static void checkAccept(InetSocketAddress remote) {
        SecurityManager manager = System.getSecurityManager();
        if (manager != null) {
            manager.checkAccept(remote.getAddress().getHostAddress(), remote.getPort());
        }
    }

    /** Before a group is joined or left. */
    static void checkMulticast(InetAddress group) {
        SecurityManager manager = System.getSecurityManager();
        if (manager != null) {
            manager.checkMulticast(group);
        }
    }

    /** Before a datagram is sent from a channel that is not connected. */
    static void checkSend(InetSocketAddress target) {
        if (target.getAddress().isMulticastAddress()) {
            checkMulticast(target.getAddress());
        } else {
            checkConnect(target);
        }
    }

    /** Before a datagram channel is connected, which lets it send and receive without being asked again. */
    static void checkConnectDatagrams(InetSocketAddress remote) {
        checkSend(remote);
        if (!remote.getAddress().isMulticastAddress()) {
            checkAccept(remote);
        }
    }

    /** Whether a datagram of that sender may be seen. */
    static boolean mayReceive(InetSocketAddress sender) {
        try {
            checkAccept(sender);
            return true;
        } catch (SecurityException e) {
            return false; // nobody is told of such datagrams; they are dropped
        }
    }

    /** Whether the caller may know that local address. */
    static boolean mayKnow(InetAddress local) {
        SecurityManager manager = System.getSecurityManager();
        if (manager == null) {
            return true;
        }
        try {
            manager.checkConnect(local.getHostAddress(), -1);
            return true;
        } catch (SecurityException e) {
            return false; // is told something else instead
        }
    }

    /** A local address as the caller may know it: if not at all, the loopback address stands in for it. */
    static @Nullable InetSocketAddress revealed(@Nullable InetSocketAddress local) {
        return local == null || mayKnow(local.getAddress()) ? local : loopback(local.getPort());
    }

    /** A local address for a text: never the true one where there is a security manager. */
    static String revealedText(InetSocketAddress local) {
        return (areAsked() ? loopback(local.getPort()) : local).toString();
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Something that the shim does. */
    interface Action<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }

    /**
     * Does what the caller may have no permission for, such as reading a system property, with the permissions of the shim: as
     * the JDK does it for its own channels.
     */
    static <T extends @Nullable Object, E extends Exception> T privileged(Action<T, E> action) throws E {
        return inContext(NONE, action);
    }

    /** As {@link #privileged}, of what has no result. */
    static void runPrivileged(Runnable task) {
        inContext(NONE, asAction(task));
    }

    private static Action<Boolean, RuntimeException> asAction(Runnable task) {
        return () -> {
            task.run();
            return true;
        };
    }

    /** Does something without any permission: what a thread begins with is what there is where it is made. */
    static <T> T unprivileged(Supplier<T> action) {
        ProtectionDomain nobody = new ProtectionDomain(null, null);
        return inContext(new AccessControlContext(new ProtectionDomain[] {nobody}), action::get);
    }

    @SuppressWarnings("unchecked") // run throws nothing else
    private static <T extends @Nullable Object, E extends Exception> T inContext(
            @Nullable AccessControlContext context, Action<T, E> action) throws E {
        if (!areAsked()) {
            return action.run();
        }
        PrivilegedExceptionAction<T> privileged = action::run;
        try {
            return AccessController.doPrivileged(privileged, context);
        } catch (PrivilegedActionException e) {
            throw (E) e.getException();
        }
    }

    /**
     * Who may do what: the permissions of the program's code that is running now, for what is done for it later in another
     * thread.
     */
    static final class Caller {
        private final @Nullable AccessControlContext context = areAsked() ? AccessController.getContext() : NONE;

        /** As {@link Permissions#checkAccept}, but of this caller. */
        void checkAccept(InetSocketAddress remote) {
            run(() -> Permissions.checkAccept(remote));
        }

        /** Runs a task of this caller's. */
        void run(Runnable task) {
            inContext(context, asAction(task));
        }
    }
}
