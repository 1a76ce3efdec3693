package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;

/** Domain names as text and as labels (RFC 1035 sections 2.3.4 and 3.1). */
final class DnsName {
    /** Bytes of one label. */
    static final int MAX_LABEL_BYTES = 63;

    /** Bytes of a name in a message, lengths and the root's included. */
    static final int MAX_NAME_BYTES = 255;

    private DnsName() {}

    /**
     * Whether this can be asked for: labels of 1 to 63 printable ASCII characters, at most 253 in all; a trailing dot is
     * allowed. Names in other scripts reach the network in their ASCII form (RFC 5891), which is the caller's business.
     */
    static boolean isValid(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (bare.isEmpty() || bare.length() > MAX_NAME_BYTES - 2) {
            return false;
        }
        int labelBytes = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (c == '.') {
                if (labelBytes == 0) {
                    return false;
                }
                labelBytes = 0;
            } else if (c <= ' ' || c >= 0x7f || ++labelBytes > MAX_LABEL_BYTES) {
                return false;
            }
        }
        return labelBytes > 0;
    }

    /** Whether a name from the network may be shown to a program as a host's: letters, digits, '-', '_' and dots. */
    static boolean isHostName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean ok = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '.';
            if (!ok) {
                return false;
            }
        }
        return isValid(name);
    }

    /** Writes a valid name's labels, uncompressed. */
    static void write(ByteBuffer to, String name) {
        int at = 0;
        while (at < name.length()) {
            int dot = name.indexOf('.', at);
            int end = dot < 0 ? name.length() : dot;
            to.put((byte) (end - at));
            for (int i = at; i < end; i++) {
                to.put((byte) name.charAt(i));
            }
            at = end + 1;
        }
        to.put((byte) 0);
    }

    /** Names are equal whatever the case of their ASCII letters (RFC 4343), and with or without the root's dot. */
    static boolean equal(String one, String other) {
        return withoutRoot(one).equalsIgnoreCase(withoutRoot(other));
    }

    static String withoutRoot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** The name under which an address is looked up: {@code 1.2.0.10.in-addr.arpa} (RFC 1035, 3.5; RFC 3596, 2.5). */
    static String ofAddress(IpAddress address) {
        byte[] octets = address.octets();
        StringBuilder name = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            int octet = octets[i] & 0xff;
            if (address.isV4()) {
                name.append(octet).append('.');
            } else {
                name.append(Character.forDigit(octet & 15, 16)).append('.');
                name.append(Character.forDigit(octet >>> 4, 16)).append('.');
            }
        }
        return name.append(address.isV4() ? "in-addr.arpa" : "ip6.arpa").toString();
    }
}
