package dev.atoll.stack.wire;

import java.util.Arrays;

/** Text forms of addresses: dotted quads in four decimal parts only, IPv6 by RFC 4291 section 2.2 and RFC 5952. */
final class AddressText {
    private AddressText() {}

    static IpAddress parseAddress(String text) {
        return text.indexOf(':') >= 0 ? parseV6(text) : IpAddress.v4(parseV4(text, text));
    }

    private static int parseV4(String part, String whole) {
        int bits = 0;
        int octets = 0;
        int at = 0;
        while (octets < 4) {
            int end = at;
            int value = 0;
            while (end < part.length() && end - at < 3 && isDigit(part.charAt(end))) {
                value = value * 10 + part.charAt(end) - '0';
                end++;
            }
            // A leading zero means octal to some readers and decimal to others, so it is refused (RFC 6943, 3.1.1).
            if (end == at || value > 255 || (end - at > 1 && part.charAt(at) == '0')) {
                throw bad(whole);
            }
            bits = bits << 8 | value;
            octets++;
            at = end;
            if (octets < 4) {
                if (at >= part.length() || part.charAt(at) != '.') {
                    throw bad(whole);
                }
                at++;
            }
        }
        if (at != part.length()) {
            throw bad(whole);
        }
        return bits;
    }

    private static IpAddress parseV6(String text) {
        String head = text;
        String tail = null;
        int gap = text.indexOf("::");
        if (gap >= 0) {
            head = text.substring(0, gap);
            tail = text.substring(gap + 2);
            if (tail.contains("::") || tail.startsWith(":")) {
                throw bad(text);
            }
        }
        int[] front = groups(head, text, tail == null);
        int[] back = tail == null ? new int[0] : groups(tail, text, true);
        int known = front.length + back.length;
        if (tail == null ? known != 8 : known > 7) {
            throw bad(text);
        }
        int[] all = new int[8];
        System.arraycopy(front, 0, all, 0, front.length);
        System.arraycopy(back, 0, all, 8 - back.length, back.length);
        return new IpAddress(join(all, 0), join(all, 4));
    }

    private static long join(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    /** The 16-bit groups of one side of the gap; a dotted quad may stand at the very end of the address. */
    private static int[] groups(String side, String whole, boolean last) {
        if (side.isEmpty()) {
            return new int[0];
        }
        int[] found = new int[8];
        int count = 0;
        int at = 0;
        while (true) {
            int colon = side.indexOf(':', at);
            String part = colon < 0 ? side.substring(at) : side.substring(at, colon);
            if (part.indexOf('.') >= 0) {
                if (colon >= 0 || !last || count > 6) {
                    throw bad(whole);
                }
                int quad = parseV4(part, whole);
                found[count++] = quad >>> 16;
                found[count++] = quad & 0xffff;
            } else {
                if (count == 8) {
                    throw bad(whole);
                }
                found[count++] = hexGroup(part, whole);
            }
            if (colon < 0) {
                return Arrays.copyOf(found, count);
            }
            at = colon + 1;
        }
    }

    private static int hexGroup(String part, String whole) {
        if (part.isEmpty() || part.length() > 4) {
            throw bad(whole);
        }
        int value = 0;
        for (int i = 0; i < part.length(); i++) {
            int digit = Character.digit(part.charAt(i), 16);
            if (digit < 0 || part.charAt(i) > 'f') {
                throw bad(whole);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("\"" + text + "\" is not an IP address");
    }

    static String format(IpAddress address) {
        if (address.isV4()) {
            int bits = address.v4Bits();
            return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (address.high() >>> 48 - 16 * i) & 0xffff;
            groups[i + 4] = (int) (address.low() >>> 48 - 16 * i) & 0xffff;
        }
        // RFC 5952 section 4.2: the longest run of two or more zero groups, the first of equals, becomes "::".
        int bestAt = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > bestLength) {
                bestAt = i;
                bestLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestAt) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
