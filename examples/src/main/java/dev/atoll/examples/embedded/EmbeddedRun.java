package dev.atoll.examples.embedded;

import dev.atoll.examples.badwire.TapDevice;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.lang.reflect.InvocationTargetException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * Runs a program's {@code main} on a stack of this JVM's own, put under {@code java.net.Socket} and {@code ServerSocket} by
 * their factories: no agent, no launcher, no namespace, and so no fence.
 *
 * <p>Usage: {@code EmbeddedRun TAP ADDRESS/PREFIX ROUTER CLASS ARGUMENT...}. The TAP device is there and up, with the router's
 * address at the host's end. Needs CAP_NET_ADMIN, {@code --add-opens java.base/java.io=ALL-UNNAMED} and {@code --add-opens
 * java.base/sun.nio.ch=ALL-UNNAMED}.
 */
public final class EmbeddedRun {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final int MTU_BYTES = 1500;

    private EmbeddedRun() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 4) {
            throw new IllegalArgumentException("usage: EmbeddedRun TAP ADDRESS/PREFIX ROUTER CLASS ARGUMENT...");
        }
        int slash = args[1].indexOf('/');
        IpAddress address = IpAddress.parse(args[1].substring(0, slash));
        int prefixLength = Integer.parseInt(args[1].substring(slash + 1));
        HostDescriptor tap = HostDescriptor.adopt(TapDevice.openWithVirtioHeader(args[0]));
        try (Sandbox sandbox = Sandbox.builder()
                .link(new TapLink(tap, MAC, MTU_BYTES, false))
                .address(address, prefixLength)
                .router(IpAddress.parse(args[2]))
                .start()) {
            useForSockets(Shim.of(StackSockets.of(sandbox.stack(), false), sandbox.names()));
            runMain(args[3], Arrays.copyOfRange(args, 4, args.length));
        }
    }

    // Deprecated since 17 without a replacement; the only public way to serve code that says "new Socket".
    @SuppressWarnings("deprecation")
    private static void useForSockets(Shim shim) throws Exception {
        Socket.setSocketImplFactory(shim.socketImplFactory());
        ServerSocket.setSocketFactory(shim.serverSocketImplFactory());
    }

    private static void runMain(String className, String[] arguments) throws Exception {
        try {
            Class.forName(className).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
