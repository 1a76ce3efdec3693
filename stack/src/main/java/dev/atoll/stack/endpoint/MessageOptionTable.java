package dev.atoll.stack.endpoint;

import static dev.atoll.stack.endpoint.AbstractEndpoint.MAX_LINGER_SECONDS;
import static dev.atoll.stack.endpoint.AbstractEndpoint.inRange;
import static dev.atoll.stack.endpoint.AbstractEndpoint.unknownOption;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.transport.MessageOptions;
import dev.atoll.stack.transport.MtuDiscovery;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The options of message endpoints by the names programs know them by. */
final class MessageOptionTable {
    private MessageOptionTable() {}

    static void set(MessageOptions options, MessageTuning tuning, EndpointOption<?> option, Object value)
            throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            options.reuseAddress = (Boolean) value;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            options.reusePort = (Boolean) value;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            options.v6Only = (Boolean) value;
        } else if (option == EndpointOption.SO_BROADCAST) {
            options.broadcast = (Boolean) value;
        } else if (option == EndpointOption.SO_KEEPALIVE) {
            options.keepAlive = (Boolean) value;
        } else if (option == EndpointOption.SO_OOBINLINE) {
            options.oobInline = (Boolean) value;
        } else if (option == EndpointOption.SO_LINGER) {
            options.lingerSeconds = inRange(option, value, -1, MAX_LINGER_SECONDS);
        } else if (option == EndpointOption.IP_MULTICAST_LOOP) {
            options.multicastLoop = (Boolean) value;
        } else if (option == EndpointOption.SO_SNDBUF) {
            options.sendBufferBytes = tuning.clamp(inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.SO_RCVBUF) {
            options.receiveBufferBytes = tuning.clamp(inRange(option, value, 0, Integer.MAX_VALUE));
        } else if (option == EndpointOption.IP_TOS) {
            options.tos = inRange(option, value, 0, 255);
        } else if (option == EndpointOption.SO_MARK) {
            options.mark = (Integer) value;
        } else if (option == EndpointOption.SO_CALLER) {
            options.caller = (SocketCaller) value;
        } else if (option == EndpointOption.IP_OPTIONS) {
            options.setIpOptions(sendable((byte[]) value));
        } else if (option == EndpointOption.IP_TTL) {
            options.ttl = inRange(option, value, 1, 255);
        } else if (option == EndpointOption.IP_MTU_DISCOVER) {
            options.mtuDiscovery = MtuDiscovery.of(inRange(option, value, 0, MtuDiscovery.LAST));
        } else if (option == EndpointOption.IP_RECVERR) {
            options.receiveErrors = (Boolean) value;
        } else if (option == EndpointOption.IP_MULTICAST_TTL) {
            options.multicastTtl = inRange(option, value, 0, 255);
        } else if (option == EndpointOption.IP_MULTICAST_IF) {
            options.multicastNicId = inRange(option, value, 0, Integer.MAX_VALUE);
        } else {
            throw unknownOption(option);
        }
    }

    /** Options of the IPv4 header as they can be sent. */
    static byte[] sendable(byte[] ipOptions) throws StackException {
        byte[] sendable = IpLayer.sendableOptions(ipOptions);
        if (sendable == null) {
            throw new StackException(
                    StackError.INVALID, "IP_OPTIONS are malformed, longer than 40 bytes, or route the packet");
        }
        return sendable;
    }

    /** Options that UDP endpoints have besides. */
    static boolean setUdp(MessageOptions options, EndpointOption<?> option, Object value) {
        if (option == EndpointOption.SO_NO_CHECK) {
            options.noCheck = (Boolean) value;
        } else if (option == EndpointOption.UDP_NO_CHECK6_TX) {
            options.noCheck6Tx = (Boolean) value;
        } else if (option == EndpointOption.UDP_NO_CHECK6_RX) {
            options.noCheck6Rx = (Boolean) value;
        } else if (option == EndpointOption.IP_MULTICAST_ALL) {
            options.multicastAll = (Boolean) value;
        } else {
            return false;
        }
        return true;
    }

    /** Options that raw endpoints have besides. */
    static boolean setRaw(MessageOptions options, EndpointOption<?> option, Object value) throws StackException {
        if (option == EndpointOption.IP_HDRINCL) {
            options.headerIncluded = (Boolean) value;
        } else if (option == EndpointOption.IPV6_CHECKSUM) {
            options.checksumOffset = inRange(option, value, -1, 0xfffe);
        } else if (option == EndpointOption.ICMP_FILTER) {
            options.icmpFilter = (BitSet) ((BitSet) value).clone();
        } else {
            return false;
        }
        return true;
    }

    static Object get(MessageOptions options, EndpointOption<?> option) throws StackException {
        if (option == EndpointOption.SO_REUSEADDR) {
            return options.reuseAddress;
        } else if (option == EndpointOption.SO_REUSEPORT) {
            return options.reusePort;
        } else if (option == EndpointOption.IPV6_V6ONLY) {
            return options.v6Only;
        } else if (option == EndpointOption.SO_BROADCAST) {
            return options.broadcast;
        } else if (option == EndpointOption.SO_KEEPALIVE) {
            return options.keepAlive;
        } else if (option == EndpointOption.SO_OOBINLINE) {
            return options.oobInline;
        } else if (option == EndpointOption.SO_LINGER) {
            return options.lingerSeconds;
        } else if (option == EndpointOption.IP_MULTICAST_LOOP) {
            return options.multicastLoop;
        } else if (option == EndpointOption.SO_SNDBUF) {
            return options.sendBufferBytes;
        } else if (option == EndpointOption.SO_RCVBUF) {
            return options.receiveBufferBytes;
        } else if (option == EndpointOption.IP_TOS) {
            return options.tos;
        } else if (option == EndpointOption.SO_MARK) {
            return options.mark;
        } else if (option == EndpointOption.SO_CALLER) {
            return options.caller;
        } else if (option == EndpointOption.IP_OPTIONS) {
            return options.ipOptions().clone();
        } else if (option == EndpointOption.IP_TTL) {
            return options.ttl;
        } else if (option == EndpointOption.IP_MTU_DISCOVER) {
            return options.mtuDiscovery.value();
        } else if (option == EndpointOption.SO_BINDTOIFINDEX) {
            return options.nicId;
        } else if (option == EndpointOption.IP_RECVERR) {
            return options.receiveErrors;
        } else if (option == EndpointOption.IP_MULTICAST_TTL) {
            return options.multicastTtl;
        } else if (option == EndpointOption.IP_MULTICAST_IF) {
            return options.multicastNicId;
        }
        throw unknownOption(option);
    }

    /** The value of an option that UDP endpoints have besides, or null. */
    static @Nullable Object getUdp(MessageOptions options, EndpointOption<?> option) {
        if (option == EndpointOption.SO_NO_CHECK) {
            return options.noCheck;
        } else if (option == EndpointOption.UDP_NO_CHECK6_TX) {
            return options.noCheck6Tx;
        } else if (option == EndpointOption.UDP_NO_CHECK6_RX) {
            return options.noCheck6Rx;
        } else if (option == EndpointOption.IP_MULTICAST_ALL) {
            return options.multicastAll;
        }
        return null;
    }

    /** The value of an option that raw endpoints have besides, or null. */
    static @Nullable Object getRaw(MessageOptions options, EndpointOption<?> option) {
        if (option == EndpointOption.IP_HDRINCL) {
            return options.headerIncluded;
        } else if (option == EndpointOption.IPV6_CHECKSUM) {
            return options.checksumOffset;
        } else if (option == EndpointOption.ICMP_FILTER) {
            BitSet filter = options.icmpFilter;
            return filter == null ? new BitSet() : filter.clone();
        }
        return null;
    }
}
