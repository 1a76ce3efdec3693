package dev.atoll.bridge;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link NetworkInterface} objects, which {@code java.net} lets nobody make. Needs {@code java.net} opened to this
 * class's module, which the installer of the hooks does.
 */
final class InterfaceFactory {
    private static final Constructor<NetworkInterface> INTERFACE;
    private static final Field DISPLAY_NAME;
    private static final Field BINDINGS;
    private static final Field CHILDREN;
    private static final Constructor<InterfaceAddress> BINDING;
    private static final Field ADDRESS;
    private static final Field BROADCAST;
    private static final Field MASK_LENGTH;
    private static final Field HOLDER;
    private static final Field SCOPE_INTERFACE;
    private static final Field HAS_SCOPE_INTERFACE;

    static {
        try {
            INTERFACE =
                    PrivateMembers.constructor(NetworkInterface.class, String.class, int.class, InetAddress[].class);
            DISPLAY_NAME = PrivateMembers.field(NetworkInterface.class, "displayName");
            BINDINGS = PrivateMembers.field(NetworkInterface.class, "bindings");
            CHILDREN = PrivateMembers.field(NetworkInterface.class, "childs");
            BINDING = PrivateMembers.constructor(InterfaceAddress.class);
            ADDRESS = PrivateMembers.field(InterfaceAddress.class, "address");
            BROADCAST = PrivateMembers.field(InterfaceAddress.class, "broadcast");
            MASK_LENGTH = PrivateMembers.field(InterfaceAddress.class, "maskLength");
            HOLDER = PrivateMembers.field(Inet6Address.class, "holder6");
            SCOPE_INTERFACE = PrivateMembers.field(HOLDER.getType(), "scope_ifname");
            HAS_SCOPE_INTERFACE = PrivateMembers.field(HOLDER.getType(), "scope_ifname_set");
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private InterfaceFactory() {}

    static NetworkInterface @Nullable [] all(List<InterfaceView> views) throws SocketException {
        if (views.isEmpty()) {
            return null;
        }
        NetworkInterface[] made = new NetworkInterface[views.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = make(views.get(i));
        }
        return made;
    }

    static @Nullable NetworkInterface makeOrNull(@Nullable InterfaceView view) throws SocketException {
        return view == null ? null : make(view);
    }

    static NetworkInterface make(InterfaceView view) throws SocketException {
        int count = view.bindings().size();
        InetAddress[] addresses = new InetAddress[count];
        InterfaceAddress[] bindings = new InterfaceAddress[count];
        try {
            for (int i = 0; i < count; i++) {
                InterfaceView.Binding binding = view.bindings().get(i);
                addresses[i] = binding.address();
                bindings[i] = BINDING.newInstance();
                ADDRESS.set(bindings[i], binding.address());
                BROADCAST.set(bindings[i], binding.broadcast());
                MASK_LENGTH.setShort(bindings[i], (short) binding.prefixLength());
            }
            NetworkInterface made = INTERFACE.newInstance(view.name(), view.index(), addresses);
            DISPLAY_NAME.set(made, view.name());
            BINDINGS.set(made, bindings);
            CHILDREN.set(made, new NetworkInterface[0]);
            for (int i = 0; i < count; i++) {
                if (addresses[i] instanceof Inet6Address address) {
                    // The interface has this very array.
                    addresses[i] = scoped(address, made);
                    ADDRESS.set(bindings[i], addresses[i]);
                }
            }
            return made;
        } catch (ReflectiveOperationException e) {
            SocketException failed = new SocketException("atoll: this JDK's NetworkInterface is not known");
            failed.initCause(e);
            throw failed;
        }
    }

    /** As the JDK's own, an interface's addresses of IPv6 have it as their scope, by number and by name. */
    private static Inet6Address scoped(Inet6Address address, NetworkInterface made)
            throws ReflectiveOperationException {
        try {
            Inet6Address scoped = Inet6Address.getByAddress(null, address.getAddress(), made.getIndex());
            Object holder = HOLDER.get(scoped);
            SCOPE_INTERFACE.set(holder, made);
            HAS_SCOPE_INTERFACE.setBoolean(holder, true);
            return scoped;
        } catch (UnknownHostException e) {
            throw new AssertionError("16 octets are always an address", e);
        }
    }

    static @Nullable InterfaceView byName(List<InterfaceView> views, String name) {
        for (InterfaceView view : views) {
            if (view.name().equals(name)) {
                return view;
            }
        }
        return null;
    }

    static @Nullable InterfaceView byIndex(List<InterfaceView> views, int index) {
        for (InterfaceView view : views) {
            if (view.index() == index) {
                return view;
            }
        }
        return null;
    }

    static @Nullable InterfaceView byAddress(List<InterfaceView> views, InetAddress address) {
        for (InterfaceView view : views) {
            for (InterfaceView.Binding binding : view.bindings()) {
                if (binding.address().equals(address)) {
                    return view;
                }
            }
        }
        return null;
    }

    /** The interface of a {@code NetworkInterface} that a program holds; it may have gone since. */
    static InterfaceView known(List<InterfaceView> views, String name) throws SocketException {
        InterfaceView view = byName(views, name);
        if (view == null) {
            throw new SocketException("No such device");
        }
        return view;
    }

    static byte @Nullable [] hardwareAddress(InterfaceView view) {
        long bits = view.hardwareAddress();
        if (bits == InterfaceView.NO_HARDWARE_ADDRESS) {
            return null;
        }
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (bits >>> 40 - 8 * i);
        }
        return octets;
    }
}
