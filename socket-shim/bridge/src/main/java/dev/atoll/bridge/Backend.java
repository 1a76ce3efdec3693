package dev.atoll.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the doors: the shim, seen from the JDK.
 *
 * <p>Every method may be called from any thread, of the program or of the JDK.
 */
public interface Backend {
    /** A TCP socket that is not created yet; must cost next to nothing, as the JDK makes some it never uses. */
    SocketCore newSocket(boolean server);

    /**
     * The provider of channels and selectors.
     *
     * @param published the provider that the program sees, for {@code provider()} of what is opened
     */
    SelectorProvider channels(SelectorProvider published);

    /** What {@code DatagramSocket} runs on: a channel that an interrupt does not close. */
    DatagramChannel openUninterruptibleDatagramChannel() throws IOException;

    /** For JDK 17's {@code jdk.net.usePlainDatagramSocketImpl}. */
    DatagramSocketImpl newDatagramSocketImpl();

    /** A provider of asynchronous channels; the JDK asks once and keeps it. */
    AsynchronousChannelProvider asynchronousChannels();

    /** A stream that reads from a channel while others write to it; null if the channel is not a connection of the stack. */
    @Nullable InputStream inputOf(ReadableByteChannel channel);

    /** A stream that writes to a channel while others read from it; null if the channel is not a connection of the stack. */
    @Nullable OutputStream outputOf(WritableByteChannel channel);

    /** Whether a channel is a connection of the stack. */
    boolean isConnection(Channel channel);

    /** All addresses of a host name, in the order to try them; never empty. */
    InetAddress[] lookupAll(String host) throws UnknownHostException;

    /** The host name of an address of 4 or 16 octets. */
    String hostOf(byte[] address) throws UnknownHostException;

    /** What gethostname(2) would say. */
    String localHostName() throws UnknownHostException;

    /**
     * Whether a host answers.
     *
     * @param scope index of the interface that a link-local address is meant on, or 0
     * @param source the address to ask from, or an empty array for any
     * @param sourceScope the same as {@code scope} of {@code source}
     * @param hops the largest number of hops, or 0 for the default
     */
    boolean isReachable(byte[] address, int scope, int timeoutMillis, byte[] source, int sourceScope, int hops)
            throws IOException;

    /** The interfaces there are, in the order of their index. */
    List<InterfaceView> interfaces() throws SocketException;

    /** Whether the stack speaks IPv6; if not, Java sees a host without it. */
    boolean hasIpv6();
}
