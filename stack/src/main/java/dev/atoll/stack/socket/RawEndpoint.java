package dev.atoll.stack.socket;

/**
 * An endpoint for packets of one IP protocol, beside whoever else handles them (raw(7)).
 *
 * <p>It receives a copy of each packet of its protocol that is addressed to this host and that the policy lets in: with
 * the IP header over IPv4, without over IPv6. What it sends gets an IP header, or begins with one if {@link
 * EndpointOption#IP_HDRINCL} is set. Ports mean nothing and are 0. An endpoint of protocol 255 sends packets of any
 * protocol, header included, and receives nothing.
 */
public interface RawEndpoint extends MessageEndpoint {
    /** Protocol number (IANA). */
    int protocol();

    /** Whether it is one of IPv4 rather than of IPv6. */
    boolean isIpv4();
}
