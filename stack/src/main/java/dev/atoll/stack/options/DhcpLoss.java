package dev.atoll.stack.options;

/** Why a NIC lost what DHCP gave it. */
public enum DhcpLoss {
    /** It ran out, and no server renewed it. */
    EXPIRED,
    /** The server refused to go on with it (DHCPNAK). */
    REFUSED,
    /** Somebody else on the link has the address (RFC 5227); the server was told. */
    CONFLICT,
    /** It was given back, or the client was closed. */
    RELEASED
}
