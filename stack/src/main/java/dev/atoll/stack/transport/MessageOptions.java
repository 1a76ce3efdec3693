package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.Ipv4Option;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Options of endpoints that send and receive messages, as Linux has them by default. Under the stack's hold. */
public final class MessageOptions {
    private static final int ICMP_TYPES = 256;
    private static final byte[] NO_BYTES = {};

    public int receiveBufferBytes;
    public int sendBufferBytes;
    public boolean reuseAddress;
    public boolean reusePort;
    public boolean broadcast;
    public boolean v6Only;
    /** The NIC that is used alone, or 0. */
    public int nicId;

    /** What only connections heed, and every socket has (socket(7)). */
    public boolean keepAlive;

    public boolean oobInline;
    public int lingerSeconds = -1;

    public int tos;
    public int mark;
    /** Whose code has opened it. */
    public SocketCaller caller = SocketCaller.UNKNOWN;

    private byte[] ipOptions = NO_BYTES;

    public int ttl = IpLayer.LINK_TTL;
    public int multicastTtl = 1;
    public boolean multicastLoop = true;
    public MtuDiscovery mtuDiscovery = MtuDiscovery.WANT;
    public int multicastNicId;
    /** Tell of every error, and queue what it was about. */
    public boolean receiveErrors;
    /** UDP: send without a checksum over IPv4, over IPv6, and receive without over IPv6. */
    public boolean noCheck;

    public boolean noCheck6Tx;
    public boolean noCheck6Rx;
    /** UDP: receive what is sent to groups that only others have joined. */
    public boolean multicastAll = true;
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

    /** Options of the IPv4 header, in whole words; not to be changed. */
    public byte[] ipOptions() {
        return ipOptions;
    }

    /** Sets them, as {@code IpLayer.sendableOptions} gives them. */
    public void setIpOptions(byte[] sendable) {
        ipOptions = sendable.length == 0 ? NO_BYTES : sendable;
    }

    void archive(Archive archive) {
        receiveBufferBytes = archive.int32(receiveBufferBytes);
        sendBufferBytes = archive.int32(sendBufferBytes);
        reuseAddress = archive.bool(reuseAddress);
        reusePort = archive.bool(reusePort);
        broadcast = archive.bool(broadcast);
        v6Only = archive.bool(v6Only);
        nicId = archive.int32(nicId);
        keepAlive = archive.bool(keepAlive);
        oobInline = archive.bool(oobInline);
        lingerSeconds = archive.int32(lingerSeconds);
        tos = archive.int32(tos);
        mark = archive.int32(mark);
        caller = SocketCaller.archive(archive, caller);
        ttl = archive.int32(ttl);
        multicastTtl = archive.int32(multicastTtl);
        multicastLoop = archive.bool(multicastLoop);
        mtuDiscovery = archive.constant(mtuDiscovery);
        multicastNicId = archive.int32(multicastNicId);
        receiveErrors = archive.bool(receiveErrors);
        noCheck = archive.bool(noCheck);
        noCheck6Tx = archive.bool(noCheck6Tx);
        noCheck6Rx = archive.bool(noCheck6Rx);
        multicastAll = archive.bool(multicastAll);
        headerIncluded = archive.bool(headerIncluded);
        checksumOffset = archive.int32(checksumOffset);
        setIpOptions(archive.bytes(ipOptions, Ipv4Option.MAX_BYTES));
        icmpFilter = archive.optional(icmpFilter, MessageOptions::archiveTypes);
    }

    private static BitSet archiveTypes(Archive archive, @Nullable BitSet saved) {
        byte[] bits = archive.bytes(saved == null ? new byte[0] : saved.toByteArray(), ICMP_TYPES / Byte.SIZE);
        return BitSet.valueOf(bits);
    }
}
