package dev.atoll.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DefaultSelectorProvider;
import sun.nio.ch.SelectorProviderImpl;

/**
 * The doors: the static methods that edited JDK methods call. A door has the parameters and the result of the JDK method
 * it stands in for; which method that is, {@code dev.atoll.hooks.Hooks} lists.
 *
 * <p>Order of life: {@link #rememberPlatform} before the JDK is edited, {@link #open} once, and from then on the doors
 * lead to the shim. A door that is used before it is open throws: nothing reaches the network past the stack. Doors at
 * the head of a method that otherwise goes on ({@code Hook.Prelude}) let it go on.
 *
 * <p>No lambdas, no string switches, no formatting in here: doors are called from inside the JDK's class initialisers.
 */
public final class Doors {
    /** What a door at the head of a method answers, where the result is a long, if the call is none of its own. */
    public static final long NOT_OURS = Long.MIN_VALUE;

    /** Where the launcher has a JDK's own commands, seen from its home, and where they seem to be. */
    private static final String OWN_COMMANDS = "/bin/.atoll/bin/";

    private static final String COMMANDS = "/bin/";

    /** As it was at the start, which is when the JDK reads it. */
    private static final @Nullable String PREFER_IPV6_ADDRESSES = System.getProperty("java.net.preferIPv6Addresses");

    private static volatile @Nullable Backend backend;
    private static volatile @Nullable SelectorProviderImpl channels;
    private static volatile @Nullable SelectorProvider platform;
    private static volatile @Nullable Probe probe;
    private static volatile @Nullable Thread opening;
    private static final Object OPENING = new Object();

    private Doors() {}

    /** Keeps the JDK's own default provider, for Unix-domain channels, pipes and the loop that drives the stack. */
    public static void rememberPlatform() {
        if (platform == null) {
            platform = DefaultSelectorProvider.get();
        }
    }

    /** The JDK's own default provider. */
    public static SelectorProvider platformProvider() {
        SelectorProvider known = platform;
        if (known == null) {
            throw new IllegalStateException("atoll: the platform's provider was not kept before the JDK was edited");
        }
        return known;
    }

    /** Opens the doors, once for the life of the JVM. */
    public static synchronized void open(Backend target) {
        if (backend != null) {
            throw new IllegalStateException("atoll: the doors are open already");
        }
        channels = new BridgeSelectorProvider(target);
        backend = target;
    }

    /**
     * While a thread probes for a door, that door throws {@link DoorReached} at it instead of letting it through. So a
     * check can call an edited JDK method and see that the edit is in force, without any effect.
     *
     * @param door the name of the door's method, or null to end probing
     */
    public static void probe(@Nullable String door) {
        probe = door == null ? null : new Probe(Thread.currentThread(), door);
    }

    /** For {@code java.net.SocketImpl.createPlatformSocketImpl}. */
    public static SocketImpl socketImpl(boolean server) {
        return new PlatformCoreSocketImpl(enter("socketImpl").newSocket(server));
    }

    /** For {@code sun.nio.ch.DefaultSelectorProvider.get}. */
    public static SelectorProviderImpl selectorProvider() {
        enter("selectorProvider");
        SelectorProviderImpl provider = channels;
        if (provider == null) {
            throw notStarted();
        }
        return provider;
    }

    /** For {@code java.net.DefaultDatagramSocketImplFactory.createDatagramSocketImpl} of JDK 17. */
    public static DatagramSocketImpl datagramSocketImpl(boolean multicast) {
        return enter("datagramSocketImpl").newDatagramSocketImpl();
    }

    /** For {@code sun.nio.ch.DefaultAsynchronousChannelProvider.create}. */
    public static AsynchronousChannelProvider asynchronousChannelProvider() {
        return enter("asynchronousChannelProvider").asynchronousChannels();
    }

    /**
     * For {@code sun.nio.ch.Net.socket0}: called before it, and lets nothing through but what {@link #onLoopback} opens. What else
     * gets here went around the other doors.
     */
    public static void tripwire() throws SocketException {
        reach("tripwire");
        if (Thread.currentThread() == opening) {
            return;
        }
        throw new SocketException(Tripwire.message(new Throwable().getStackTrace()));
    }

    /** In place of the other native methods that open a socket in the kernel: as {@link #tripwire}, without an exemption. */
    public static void refuse() throws SocketException {
        reach("refuse");
        throw new SocketException(Tripwire.message(new Throwable().getStackTrace()));
    }

    /** Opens a socket with the JDK's own provider. */
    @FunctionalInterface
    public interface Opener<T> {
        T open(SelectorProvider platform) throws IOException;
    }

    /**
     * Lets the JDK open a socket of the kernel's: the tripwire's one exemption, for the network namespace's own loopback, as nothing
     * else is reachable there. For the calling thread and while it opens, no longer.
     */
    public static <T> T onLoopback(Opener<T> opener) throws IOException {
        SelectorProvider provider = platformProvider();
        synchronized (OPENING) {
            opening = Thread.currentThread();
            try {
                return opener.open(provider);
            } finally {
                opening = null;
            }
        }
    }

    /**
     * For {@code command} and {@code commandLine} of {@code ProcessHandleImpl.Info}: a JDK's commands in the sandbox are where scripts that
     * stand in their place start them.
     */
    public static Optional<String> processCommand(Optional<String> command) {
        reach("processCommand");
        String text = command.orElse("");
        return text.contains(OWN_COMMANDS) ? Optional.of(text.replace(OWN_COMMANDS, COMMANDS)) : command;
    }

    /** For {@code isIPv6Supported} of {@code java.net} and {@code sun.nio.ch.Net.isIPv6Available0}. */
    public static boolean hasIpv6() {
        return enter("hasIpv6").hasIpv6();
    }

    /** For {@code lookupAllHostAddr} of {@code Inet4AddressImpl}, and on 17 of {@code Inet6AddressImpl}. */
    public static InetAddress[] lookupAllHostAddr(String host) throws UnknownHostException {
        Backend open = enter("lookupAllHostAddr");
        return LookupOrder.apply(
                host, open.lookupAll(host), LookupOrder.byDefault(open.hasIpv6(), PREFER_IPV6_ADDRESSES));
    }

    /**
     * For {@code Inet6AddressImpl.lookupAllHostAddr} from 18 on.
     *
     * @param characteristics bits of {@code InetAddressResolver.LookupPolicy}
     */
    public static InetAddress[] lookupAllHostAddr(String host, int characteristics) throws UnknownHostException {
        InetAddress[] all = enter("lookupAllHostAddr").lookupAll(host);
        return LookupOrder.apply(host, all, characteristics);
    }

    /** For {@code getHostByAddr}. */
    public static String getHostByAddr(byte[] address) throws UnknownHostException {
        return enter("getHostByAddr").hostOf(address);
    }

    /** For {@code getLocalHostName}. */
    public static String getLocalHostName() throws UnknownHostException {
        return enter("getLocalHostName").localHostName();
    }

    /** For {@code Inet4AddressImpl.isReachable0}. */
    public static boolean isReachable0(byte[] address, int timeoutMillis, byte @Nullable [] source, int hops)
            throws IOException {
        return isReachable0(address, 0, timeoutMillis, source, hops, 0);
    }

    /** For {@code Inet6AddressImpl.isReachable0}; scopes are numbers of interfaces, or less than 1 for none. */
    public static boolean isReachable0(
            byte[] address, int scope, int timeoutMillis, byte @Nullable [] source, int hops, int sourceScope)
            throws IOException {
        byte[] from = source == null ? new byte[0] : source;
        return enter("isReachable0")
                .isReachable(address, Math.max(0, scope), timeoutMillis, from, Math.max(0, sourceScope), hops);
    }

    /** For {@code NetworkInterface.getAll}. */
    public static NetworkInterface @Nullable [] getAll() throws SocketException {
        return InterfaceFactory.all(enter("getAll").interfaces());
    }

    /** For {@code NetworkInterface.getByName0}. */
    public static @Nullable NetworkInterface getByName0(String name) throws SocketException {
        return InterfaceFactory.makeOrNull(
                InterfaceFactory.byName(enter("getByName0").interfaces(), name));
    }

    /** For {@code NetworkInterface.getByIndex0}. */
    public static @Nullable NetworkInterface getByIndex0(int index) throws SocketException {
        return InterfaceFactory.makeOrNull(
                InterfaceFactory.byIndex(enter("getByIndex0").interfaces(), index));
    }

    /** For {@code NetworkInterface.getByInetAddress0}. */
    public static @Nullable NetworkInterface getByInetAddress0(InetAddress address) throws SocketException {
        return InterfaceFactory.makeOrNull(
                InterfaceFactory.byAddress(enter("getByInetAddress0").interfaces(), address));
    }

    /** For {@code NetworkInterface.boundInetAddress0}. */
    public static boolean boundInetAddress0(InetAddress address) throws SocketException {
        return InterfaceFactory.byAddress(enter("boundInetAddress0").interfaces(), address) != null;
    }

    /** For {@code NetworkInterface.isUp0}. */
    public static boolean isUp0(String name, int index) throws SocketException {
        return InterfaceFactory.known(enter("isUp0").interfaces(), name).up();
    }

    /** For {@code NetworkInterface.isLoopback0}. */
    public static boolean isLoopback0(String name, int index) throws SocketException {
        return InterfaceFactory.known(enter("isLoopback0").interfaces(), name).loopback();
    }

    /** For {@code NetworkInterface.supportsMulticast0}. */
    public static boolean supportsMulticast0(String name, int index) throws SocketException {
        return InterfaceFactory.known(enter("supportsMulticast0").interfaces(), name)
                .multicast();
    }

    /** For {@code NetworkInterface.isP2P0}. */
    public static boolean isP2P0(String name, int index) throws SocketException {
        return InterfaceFactory.known(enter("isP2P0").interfaces(), name).pointToPoint();
    }

    /** For {@code NetworkInterface.getMacAddr0}. */
    public static byte @Nullable [] getMacAddr0(byte @Nullable [] address, String name, int index)
            throws SocketException {
        return InterfaceFactory.hardwareAddress(
                InterfaceFactory.known(enter("getMacAddr0").interfaces(), name));
    }

    /** For {@code NetworkInterface.getMTU0}. */
    public static int getMTU0(String name, int index) throws SocketException {
        return InterfaceFactory.known(enter("getMTU0").interfaces(), name).mtu();
    }

    /** At the head of {@code java.nio.channels.Channels.newInputStream}; null for a channel that is not of the stack. */
    public static @Nullable InputStream newInputStream(ReadableByteChannel channel) {
        reach("newInputStream");
        Backend open = backend;
        return open == null ? null : open.inputOf(channel);
    }

    /** At the head of {@code java.nio.channels.Channels.newOutputStream}; null for a channel that is not of the stack. */
    public static @Nullable OutputStream newOutputStream(WritableByteChannel channel) {
        reach("newOutputStream");
        Backend open = backend;
        return open == null ? null : open.outputOf(channel);
    }

    /**
     * At the head of {@code sun.nio.ch.FileChannelImpl.transferToArbitraryChannel}, where a file is written to a channel the JDK
     * does not know; {@link #NOT_OURS} for one that is not of the stack.
     */
    public static long transferTo(FileChannel file, long position, long count, WritableByteChannel target)
            throws IOException {
        reach("transferTo");
        Backend open = backend;
        return open != null && open.isConnection(target) ? FileTransfers.to(file, position, count, target) : NOT_OURS;
    }

    /** At the head of {@code sun.nio.ch.FileChannelImpl.transferFromArbitraryChannel}, as {@link #transferTo}. */
    public static long transferFrom(FileChannel file, ReadableByteChannel source, long position, long count)
            throws IOException {
        reach("transferFrom");
        Backend open = backend;
        return open != null && open.isConnection(source) ? FileTransfers.from(source, file, position, count) : NOT_OURS;
    }

    private static Backend enter(String door) {
        reach(door);
        Backend target = backend;
        if (target == null) {
            throw notStarted();
        }
        return target;
    }

    private static void reach(String door) {
        Probe probing = probe;
        if (probing != null && probing.thread == Thread.currentThread() && probing.door.equals(door)) {
            throw new DoorReached(door);
        }
    }

    private static IllegalStateException notStarted() {
        return new IllegalStateException("atoll: the network was used before the stack was started");
    }

    private static final class Probe {
        final Thread thread;
        final String door;

        Probe(Thread thread, String door) {
            this.thread = thread;
            this.door = door;
        }
    }
}
