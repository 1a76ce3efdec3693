package dev.atoll.stack.wire;

/** How an address came to a NIC. */
public enum AddressKind {
    /** Set by hand. */
    STATIC,
    /** Given by a DHCPv4 server (RFC 2131). */
    DHCP,
    /** Made when the NIC began, {@code fe80::/64} (RFC 4862 section 5.3). */
    LINK_LOCAL,
    /** Made from a router's prefix (RFC 4862 section 5.5). */
    SLAAC,
    /** Made from a router's prefix and replaced regularly, for privacy (RFC 8981). */
    TEMPORARY
}
