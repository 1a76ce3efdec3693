package dev.atoll.stack.dhcp;

import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.wire.Dhcp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of one message, those that are there several times put together (RFC 3396), those in the fields for names
 * included (RFC 2132 section 9.3). What is malformed is as if it were not there.
 */
final class ReceivedOptions {
    private static final byte[] NONE = {};
    private static final int IN_FILE = 1;
    private static final int IN_SERVER_NAME = 2;
    private static final int MAX_NAME_CHARACTERS = 253;
    /** Names that one search list may have. */
    private static final int MAX_NAMES = 32;

    private final byte[] @Nullable [] values = new byte[256][];

    /** Reads the options of the message between {@code at} and {@code end}; null if they are malformed. */
    static @Nullable ReceivedOptions read(ByteBuffer data, int at, int end) {
        ReceivedOptions options = new ReceivedOptions();
        if (!options.readFrom(data, at + Dhcp.HEADER_BYTES, end)) {
            return null;
        }
        int overload = options.number(Dhcp.OPTION_OVERLOAD, 1);
        boolean ok =
                (overload & IN_FILE) == 0 || options.readFrom(data, Dhcp.fileAt(at), Dhcp.fileAt(at) + Dhcp.FILE_BYTES);
        ok = ok
                && ((overload & IN_SERVER_NAME) == 0
                        || options.readFrom(
                                data, Dhcp.serverNameAt(at), Dhcp.serverNameAt(at) + Dhcp.SERVER_NAME_BYTES));
        return ok ? options : null;
    }

    private boolean readFrom(ByteBuffer data, int from, int end) {
        int at = from;
        while (at < end) {
            int type = data.get(at++) & 0xff;
            if (type == Dhcp.OPTION_END) {
                return true;
            }
            if (type == Dhcp.OPTION_PAD) {
                continue;
            }
            if (at == end || (data.get(at) & 0xff) > end - at - 1) {
                return false;
            }
            int length = data.get(at++) & 0xff;
            byte[] before = value(type);
            byte[] all = Arrays.copyOf(before, before.length + length);
            data.get(at, all, before.length, length);
            values[type] = all;
            at += length;
        }
        // Without an end option the message was cut short, or never had one: some servers leave it out.
        return true;
    }

    private byte[] value(int type) {
        byte[] value = values[type];
        return value == null ? NONE : value;
    }

    /** A number of so many bytes, or 0. */
    private int number(int type, int bytes) {
        byte[] value = value(type);
        if (value.length != bytes) {
            return 0;
        }
        int number = 0;
        for (byte octet : value) {
            number = number << 8 | octet & 0xff;
        }
        return number;
    }

    int messageType() {
        return number(Dhcp.OPTION_MESSAGE_TYPE, 1);
    }

    int mtuBytes() {
        return number(Dhcp.OPTION_MTU, 2);
    }

    /** Seconds, or -1 if the option is not there. */
    long seconds(int type) {
        return value(type).length == 4 ? number(type, 4) & 0xffff_ffffL : -1;
    }

    /** The server, or null. */
    @Nullable IpAddress server() {
        return value(Dhcp.OPTION_SERVER).length == 4 ? IpAddress.v4(number(Dhcp.OPTION_SERVER, 4)) : null;
    }

    /** The prefix length the subnet mask says, else that of the address's class (RFC 950). */
    int prefixLength(IpAddress address) {
        int mask = number(Dhcp.OPTION_SUBNET_MASK, 4);
        int length = Integer.bitCount(mask);
        if (length > 0 && mask == -1 << 32 - length) {
            return length;
        }
        int first = address.v4Bits() >>> 24;
        return first < 128 ? 8 : first < 192 ? 16 : 24;
    }

    List<IpAddress> addresses(int type) {
        byte[] value = value(type);
        List<IpAddress> addresses = new ArrayList<>();
        if (value.length % 4 == 0) {
            for (int at = 0; at < value.length; at += 4) {
                IpAddress address = address(value, at);
                if (!address.isUnspecified() && !address.isMulticast() && !address.isLimitedBroadcast()) {
                    addresses.add(address);
                }
            }
        }
        return List.copyOf(addresses);
    }

    private static IpAddress address(byte[] value, int at) {
        return IpAddress.v4(ByteBuffer.wrap(value).getInt(at));
    }

    /** Classless routes if there are any, else a default route through the first router (RFC 3442). */
    List<DhcpLease.Route> routes() {
        List<DhcpLease.Route> routes = classlessRoutes(value(Dhcp.OPTION_CLASSLESS_ROUTES));
        if (!routes.isEmpty()) {
            return routes;
        }
        List<IpAddress> routers = addresses(Dhcp.OPTION_ROUTERS);
        return routers.isEmpty() ? List.of() : List.of(new DhcpLease.Route(Subnet.V4_ALL, routers.get(0)));
    }

    private static List<DhcpLease.Route> classlessRoutes(byte[] value) {
        List<DhcpLease.Route> routes = new ArrayList<>();
        int at = 0;
        while (at < value.length) {
            int length = value[at++] & 0xff;
            int significant = (length + 7) / 8;
            if (length > 32 || value.length - at < significant + 4) {
                return List.of();
            }
            int network = 0;
            for (int i = 0; i < significant; i++) {
                network |= (value[at + i] & 0xff) << 24 - 8 * i;
            }
            at += significant;
            routes.add(new DhcpLease.Route(Subnet.containing(IpAddress.v4(network), length), address(value, at)));
            at += 4;
        }
        return List.copyOf(routes);
    }

    /** The host's domain, or empty. */
    String domain() {
        byte[] value = value(Dhcp.OPTION_DOMAIN);
        int length = value.length;
        // Some servers end it as C does.
        while (length > 0 && value[length - 1] == 0) {
            length--;
        }
        StringBuilder domain = new StringBuilder();
        for (int i = 0; i < length; i++) {
            domain.append((char) (value[i] & 0xff));
        }
        return isName(domain.toString()) ? domain.toString() : "";
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            boolean known = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-'
                    || letter == '_'
                    || letter == '.';
            if (!known) {
                return false;
            }
        }
        return name.length() <= MAX_NAME_CHARACTERS;
    }

    /** The search list, its names compressed as in DNS (RFC 3397); empty if malformed. */
    List<String> searchDomains() {
        byte[] value = value(Dhcp.OPTION_SEARCH);
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < value.length) {
            StringBuilder name = new StringBuilder();
            at = readName(value, at, name);
            if (at < 0 || names.size() == MAX_NAMES || !isName(name.toString())) {
                return List.of();
            }
            if (!name.isEmpty()) {
                names.add(name.toString());
            }
        }
        return List.copyOf(names);
    }

    /** Appends the name at {@code from}; gives the position behind it, or -1. Pointers lead back only, so they end. */
    private static int readName(byte[] value, int from, StringBuilder name) {
        int at = from;
        int behind = -1;
        int limit = value.length;
        while (at < limit) {
            int length = value[at++] & 0xff;
            if (length == 0) {
                return behind < 0 ? at : behind;
            }
            if (length >= 0xc0) {
                int target = at < limit ? (length & 0x3f) << 8 | value[at] & 0xff : limit;
                if (target >= at - 1) {
                    return -1;
                }
                if (behind < 0) {
                    behind = at + 1;
                }
                limit = at - 1;
                at = target;
            } else if (length > 63 || length > limit - at || name.length() > MAX_NAME_CHARACTERS) {
                return -1;
            } else {
                if (!name.isEmpty()) {
                    name.append('.');
                }
                for (int i = 0; i < length; i++) {
                    // A dot inside a label would be read as two labels later; no host name has one.
                    char letter = (char) (value[at + i] & 0xff);
                    name.append(letter == '.' ? ' ' : letter);
                }
                at += length;
            }
        }
        return -1;
    }
}
