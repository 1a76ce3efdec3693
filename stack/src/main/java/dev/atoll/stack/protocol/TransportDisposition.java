package dev.atoll.stack.protocol;

/** What became of a packet in a transport protocol, and so whether its sender is told. */
public enum TransportDisposition {
    /** It was dealt with. */
    HANDLED,
    /** It contradicts the protocol: counted, and nobody is told. */
    MALFORMED,
    /** Nobody here is for what it addresses: its sender gets "port unreachable" (RFC 1122 section 3.2.2.1). */
    PORT_UNREACHABLE,
    /** This protocol is not to be had here after all: its sender gets "protocol unreachable". */
    PROTOCOL_UNREACHABLE
}
