package dev.atoll.stack.socket;

/**
 * An endpoint that asks other hosts for echoes and receives their replies: an ICMP socket of icmp(7).
 *
 * <p>Messages begin with their ICMP header. Only echo requests are sent; identifier and checksum are filled in. The
 * identifier is what other protocols call the port: it is chosen when the endpoint is bound without one, and only
 * replies that carry it are received.
 */
public interface IcmpEndpoint extends MessageEndpoint {}
