package dev.atoll.stack;

/** Protocols that a stack brings along; see {@link StackBuilder#protocols}. */
public enum Protocol {
    /** IPv4 with ARP, ICMP and IGMP. */
    IPV4,
    /** IPv6 with ICMPv6, neighbour discovery and MLD. */
    IPV6,
    /** TCP over every network protocol there is. */
    TCP,
    /** UDP over every network protocol there is. */
    UDP
}
