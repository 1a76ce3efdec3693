package dev.atoll.stack.wire;

/** Numbers of the protocols above IP (IANA protocol numbers). */
public final class IpProtocol {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    private IpProtocol() {}
}
