package dev.atoll.hooks;

import dev.atoll.hooks.Hook.GuardCalls;
import dev.atoll.hooks.Hook.Prelude;
import dev.atoll.hooks.Hook.Refuse;
import dev.atoll.hooks.Hook.ReplaceBody;
import dev.atoll.hooks.Hook.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * The methods through which all of the JDK's network use passes, by feature version.
 *
 * <p>A version is listed when its classes have been looked at. Others are refused: a hook that no longer fits would not
 * be seen until something leaks.
 */
public final class Hooks {
    private static final String SOCKET_IMPL = "java/net/SocketImpl";
    private static final String INTERFACE = "java/net/NetworkInterface";
    private static final String INTERFACE_TYPE = "Ljava/net/NetworkInterface;";
    private static final String INET4 = "java/net/Inet4AddressImpl";
    private static final String INET6 = "java/net/Inet6AddressImpl";
    private static final String NET = "sun/nio/ch/Net";
    private static final String CHANNELS = "java/nio/channels/Channels";
    private static final String FILE_CHANNEL = "sun/nio/ch/FileChannelImpl";
    private static final String REFUSE = "refuse";
    private static final String NAME_TO_ADDRESSES = "(Ljava/lang/String;)[Ljava/net/InetAddress;";

    private Hooks() {}

    /**
     * The hooks for a JDK.
     *
     * @param feature as in {@code Runtime.version().feature()}
     * @throws HookException if the version is not known
     */
    public static List<Hook> forFeature(int feature) throws HookException {
        if (feature != 17 && feature != 21 && feature != 25) {
            throw new HookException(
                    "JDK " + feature + " is not known: programs run in the sandbox on JDK 17, 21 or 25");
        }
        List<Hook> hooks = new ArrayList<>();
        sockets(hooks, feature);
        names(hooks, feature);
        interfaces(hooks);
        streams(hooks);
        fileTransfers(hooks);
        tripwires(hooks, feature);
        commands(hooks);
        return List.copyOf(hooks);
    }

    private static void sockets(List<Hook> hooks, int feature) {
        hooks.add(new ReplaceBody(SOCKET_IMPL, "createPlatformSocketImpl", "(Z)Ljava/net/SocketImpl;", "socketImpl"));
        hooks.add(new ReplaceBody(
                "sun/nio/ch/DefaultSelectorProvider",
                "get",
                "()Lsun/nio/ch/SelectorProviderImpl;",
                "selectorProvider"));
        hooks.add(new ReplaceBody(
                "sun/nio/ch/DefaultAsynchronousChannelProvider",
                "create",
                "()Ljava/nio/channels/spi/AsynchronousChannelProvider;",
                "asynchronousChannelProvider"));
        if (feature == 17) {
            hooks.add(new ReplaceBody(
                    "java/net/DefaultDatagramSocketImplFactory",
                    "createDatagramSocketImpl",
                    "(Z)Ljava/net/DatagramSocketImpl;",
                    "datagramSocketImpl"));
        }
    }

    private static void names(List<Hook> hooks, int feature) {
        hooks.add(new ReplaceBody(INET4, "lookupAllHostAddr", NAME_TO_ADDRESSES, "lookupAllHostAddr"));
        hooks.add(new ReplaceBody(
                INET6,
                "lookupAllHostAddr",
                feature == 17 ? NAME_TO_ADDRESSES : "(Ljava/lang/String;I)[Ljava/net/InetAddress;",
                "lookupAllHostAddr"));
        for (String family : List.of(INET4, INET6)) {
            hooks.add(new ReplaceBody(family, "getHostByAddr", "([B)Ljava/lang/String;", "getHostByAddr"));
            hooks.add(new ReplaceBody(family, "getLocalHostName", "()Ljava/lang/String;", "getLocalHostName"));
        }
        hooks.add(new ReplaceBody(INET4, "isReachable0", "([BI[BI)Z", "isReachable0"));
        hooks.add(new ReplaceBody(INET6, "isReachable0", "([BII[BII)Z", "isReachable0"));
        hooks.add(new ReplaceBody(
                feature == 17 ? "java/net/InetAddressImplFactory" : "java/net/InetAddress",
                "isIPv6Supported",
                "()Z",
                "hasIpv6"));
        hooks.add(new ReplaceBody(NET, "isIPv6Available0", "()Z", "hasIpv6"));
    }

    private static void interfaces(List<Hook> hooks) {
        interfaceHook(hooks, "getAll", "()[" + INTERFACE_TYPE);
        interfaceHook(hooks, "getByName0", "(Ljava/lang/String;)" + INTERFACE_TYPE);
        interfaceHook(hooks, "getByIndex0", "(I)" + INTERFACE_TYPE);
        interfaceHook(hooks, "getByInetAddress0", "(Ljava/net/InetAddress;)" + INTERFACE_TYPE);
        interfaceHook(hooks, "boundInetAddress0", "(Ljava/net/InetAddress;)Z");
        interfaceHook(hooks, "isUp0", "(Ljava/lang/String;I)Z");
        interfaceHook(hooks, "isLoopback0", "(Ljava/lang/String;I)Z");
        interfaceHook(hooks, "supportsMulticast0", "(Ljava/lang/String;I)Z");
        interfaceHook(hooks, "isP2P0", "(Ljava/lang/String;I)Z");
        interfaceHook(hooks, "getMacAddr0", "([BLjava/lang/String;I)[B");
        interfaceHook(hooks, "getMTU0", "(Ljava/lang/String;I)I");
    }

    private static void streams(List<Hook> hooks) {
        hooks.add(new Prelude(
                CHANNELS,
                "newInputStream",
                "(Ljava/nio/channels/ReadableByteChannel;)Ljava/io/InputStream;",
                "",
                "newInputStream"));
        hooks.add(new Prelude(
                CHANNELS,
                "newOutputStream",
                "(Ljava/nio/channels/WritableByteChannel;)Ljava/io/OutputStream;",
                "",
                "newOutputStream"));
    }

    /** Where the JDK is left with a channel that it knows no better way for; before, it has looked at all arguments. */
    private static void fileTransfers(List<Hook> hooks) {
        hooks.add(new Prelude(
                FILE_CHANNEL,
                "transferToArbitraryChannel",
                "(JJLjava/nio/channels/WritableByteChannel;)J",
                "Ljava/nio/channels/FileChannel;",
                "transferTo"));
        hooks.add(new Prelude(
                FILE_CHANNEL,
                "transferFromArbitraryChannel",
                "(Ljava/nio/channels/ReadableByteChannel;JJ)J",
                "Ljava/nio/channels/FileChannel;",
                "transferFrom"));
    }

    /**
     * Every native method that opens a socket of an IP family in the kernel or makes one of another, beside those that are replaced
     * above. docs/network-paths.md says which others there are and why they need nothing.
     */
    private static void tripwires(List<Hook> hooks, int feature) {
        hooks.add(new GuardCalls(NET, "socket0", "(ZZZZ)I", List.of("socket", "serverSocket"), "tripwire"));
        hooks.add(new Refuse("sun/net/sdp/SdpSupport", "create0", "()I", REFUSE));
        hooks.add(new Refuse("sun/net/sdp/SdpSupport", "convert0", "(I)V", REFUSE));
        hooks.add(new Refuse("sun/nio/ch/sctp/SctpNet", "socket0", "(Z)I", REFUSE));
        if (feature == 17) {
            hooks.add(new Refuse("java/net/PlainSocketImpl", "socketCreate", "(ZZ)V", REFUSE));
            hooks.add(new Refuse("java/net/PlainDatagramSocketImpl", "datagramSocketCreate", "()V", REFUSE));
        }
    }

    /** A program that starts its own command once more is to find the command that gives a JVM its network. */
    private static void commands(List<Hook> hooks) {
        for (String method : List.of("command", "commandLine")) {
            hooks.add(
                    new Result("java/lang/ProcessHandleImpl$Info", method, "()Ljava/util/Optional;", "processCommand"));
        }
    }

    private static void interfaceHook(List<Hook> hooks, String method, String descriptor) {
        hooks.add(new ReplaceBody(INTERFACE, method, descriptor, method));
    }
}
