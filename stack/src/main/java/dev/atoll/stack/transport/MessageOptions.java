package dev.atoll.stack.transport;

import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.options.MessageTuning;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Options of endpoints that send and receive messages, as Linux has them by default. Under the stack's hold. */
public final class MessageOptions {
    public int receiveBufferBytes;
    public int sendBufferBytes;
    public boolean reuseAddress;
    public boolean reusePort;
    public boolean broadcast;
    public boolean v6Only;
    /** The NIC that is used alone, or 0. */
    public int nicId;

    public int tos;
    public int ttl = IpLayer.LINK_TTL;
    public int multicastTtl = 1;
    public boolean multicastLoop = true;
    public MtuDiscovery mtuDiscovery = MtuDiscovery.WANT;
    public int multicastNicId;
    /** Tell of every error, and queue what it was about. */
    public boolean receiveErrors;
    /** Raw endpoints: what is sent begins with the IP header. */
    public boolean headerIncluded;
    /** Raw endpoints over IPv6: where the checksum is in what is sent, bytes; -1 for none. */
    public int checksumOffset = -1;
    /** Raw endpoints of ICMP: message types that are not received; null for none. */
    public @Nullable BitSet icmpFilter;

    MessageOptions(MessageTuning tuning) {
        receiveBufferBytes = tuning.bufferBytes();
        sendBufferBytes = tuning.bufferBytes();
    }
}
