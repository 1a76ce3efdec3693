package dev.atoll.stack.wire;

/** What {@code Stack.parse} says of a packet: how far its headers could be read. */
public enum ParseResult {
    /** All headers were read; a later fragment has no transport header, and none is missed. */
    OK,
    /** The stack does not have the network protocol. */
    UNKNOWN_NETWORK_PROTOCOL,
    /** The network header is cut short, states lengths or a version that do not fit, or has a wrong checksum. */
    NETWORK_HEADER_MALFORMED,
    /** The network header was read; the stack does not have the protocol behind it. */
    UNKNOWN_TRANSPORT_PROTOCOL,
    /** The network header was read; the one behind it is cut short, or states lengths that do not fit. */
    TRANSPORT_HEADER_MALFORMED
}
