package dev.atoll.bridge;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The few things inside {@code java.net} that a datagram socket needs and that the package offers nobody. They are there
 * when {@code java.net} is open to this class, as it is under the agent; without it callers make do.
 */
public final class JavaNet {
    private static final @Nullable Field BUFFER_LENGTH = field(DatagramPacket.class, "bufLength");
    private static final @Nullable Field LENGTH = field(DatagramPacket.class, "length");
    private static final @Nullable Field NO_DELEGATE = field(DatagramSocket.class, "NO_DELEGATE");

    private JavaNet() {}

    private static @Nullable Field field(Class<?> owner, String name) {
        try {
            return PrivateMembers.field(owner, name);
        } catch (NoSuchFieldException | InaccessibleObjectException e) {
            return null; // not open to us, or another JDK: both mean to do without
        }
    }

    /** What to bind a {@code DatagramSocket} to that has no delegate; null if that cannot be had. */
    public static @Nullable SocketAddress noDelegate() {
        return NO_DELEGATE == null ? null : (SocketAddress) get(NO_DELEGATE, null);
    }

    /** How much a packet can take, which its length need not say after something was received; -1 if unknown. */
    public static int capacity(DatagramPacket packet) {
        return BUFFER_LENGTH == null ? -1 : (Integer) get(BUFFER_LENGTH, packet);
    }

    /** Sets the length of what was received and leaves the capacity; false if that cannot be done. */
    public static boolean setReceivedLength(DatagramPacket packet, int length) {
        if (LENGTH == null) {
            return false;
        }
        try {
            LENGTH.setInt(packet, length);
            return true;
        } catch (IllegalAccessException e) {
            throw new AssertionError("was made accessible", e);
        }
    }

    /** An interface of a name, with index 0 and one address: what Java gives for "none set". */
    public static NetworkInterface placeholder(String name, InetAddress address) throws SocketException {
        InterfaceView view = new InterfaceView(
                name,
                0,
                List.of(new InterfaceView.Binding(address, 0, null)),
                false,
                false,
                false,
                false,
                InterfaceView.NO_HARDWARE_ADDRESS,
                0);
        return InterfaceFactory.make(view);
    }

    private static Object get(Field field, @Nullable Object target) {
        try {
            return field.get(target);
        } catch (IllegalAccessException e) {
            throw new AssertionError("was made accessible", e);
        }
    }
}
