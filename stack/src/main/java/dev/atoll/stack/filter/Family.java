package dev.atoll.stack.filter;

/** The IP family a table belongs to: each has tables of its own, as iptables and ip6tables do. */
public enum Family {
    IPV4(4, "IPv4"),
    IPV6(6, "IPv6");

    private final int ipVersion;
    private final String label;

    Family(int ipVersion, String label) {
        this.ipVersion = ipVersion;
        this.label = label;
    }

    /** What the IP header's version field says. */
    public int ipVersion() {
        return ipVersion;
    }

    /** {@code IPv4} or {@code IPv6}, for messages. */
    @Override
    public String toString() {
        return label;
    }
}
