package dev.atoll.stack.wire;

import dev.atoll.stack.env.Check;

/**
 * A 48-bit link address (IEEE 802).
 *
 * @param bits the address in the low 48 bits, first octet highest
 */
public record MacAddress(long bits) {
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);
    public static final MacAddress ZERO = new MacAddress(0);

    public MacAddress {
        Check.argument(bits >>> 48 == 0, "bits", bits, "48 bits");
    }

    /** Reads six hexadecimal octets separated by colons. */
    public static MacAddress parse(String text) {
        String[] octets = text.split(":", -1);
        Check.argument(octets.length == 6, "link address", text, "six octets separated by ':'");
        long bits = 0;
        for (String octet : octets) {
            Check.argument(octet.length() == 2, "link address", text, "two hexadecimal digits an octet");
            try {
                bits = bits << 8 | Integer.parseInt(octet, 16);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("\"" + text + "\" is not a link address", e);
            }
        }
        return new MacAddress(bits);
    }

    /** The group bit: multicast or broadcast. */
    public boolean isGroup() {
        return (bits >>> 40 & 1) != 0;
    }

    /** The 48 bits of the link address of a group (RFC 1112 section 6.4, RFC 2464 section 7). */
    public static long groupBits(IpAddress group) {
        return group.isV4()
                ? 0x0100_5e00_0000L | (group.low() & 0x7f_ffff)
                : 0x3333_0000_0000L | (group.low() & 0xffff_ffffL);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (bits >>> shift) & 0xff;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 15, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
