package dev.atoll.stack.filter;

/** The header fields the filter reads, as offsets in bytes from the start of their header, and protocol numbers. */
final class Headers {
    /** IANA protocol numbers. */
    static final int PROTOCOL_ICMP = 1;

    static final int PROTOCOL_TCP = 6;
    static final int PROTOCOL_UDP = 17;

    /** RFC 791, 3.1. */
    static final int IPV4_MIN_BYTES = 20;

    static final int IPV4_FRAGMENT = 6;
    static final int IPV4_PROTOCOL = 9;
    static final int IPV4_SOURCE = 12;
    static final int IPV4_DESTINATION = 16;
    /** The 13 bits of the fragment offset, in units of 8 bytes. */
    static final int IPV4_FRAGMENT_OFFSET_MASK = 0x1fff;

    /** Ports lie at the same place in TCP, UDP and most that came later. */
    static final int SOURCE_PORT = 0;

    static final int DESTINATION_PORT = 2;

    /** RFC 9293, 3.1. */
    static final int TCP_MIN_BYTES = 20;

    static final int TCP_FLAGS = 13;
    static final int TCP_FIN = 0x01;
    static final int TCP_SYN = 0x02;
    static final int TCP_RST = 0x04;
    static final int TCP_PSH = 0x08;
    static final int TCP_ACK = 0x10;
    static final int TCP_URG = 0x20;

    /** RFC 768. */
    static final int UDP_BYTES = 8;

    /** RFC 792: type, code, checksum, and four bytes that for queries are identifier and sequence number. */
    static final int ICMP_BYTES = 8;

    static final int ICMP_TYPE = 0;
    static final int ICMP_CODE = 1;
    static final int ICMP_ID = 4;

    static final int ICMP_ECHO_REPLY = 0;
    static final int ICMP_UNREACHABLE = 3;
    static final int ICMP_SOURCE_QUENCH = 4;
    static final int ICMP_REDIRECT = 5;
    static final int ICMP_ECHO = 8;
    static final int ICMP_TIME_EXCEEDED = 11;
    static final int ICMP_PARAMETER_PROBLEM = 12;
    static final int ICMP_TIMESTAMP = 13;
    static final int ICMP_TIMESTAMP_REPLY = 14;
    static final int ICMP_INFORMATION = 15;
    static final int ICMP_INFORMATION_REPLY = 16;
    static final int ICMP_ADDRESS_MASK = 17;
    static final int ICMP_ADDRESS_MASK_REPLY = 18;

    private Headers() {}
}
