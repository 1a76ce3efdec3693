package dev.atoll.stack.packetdrill;

import dev.atoll.stack.wire.IpAddress;
import java.math.BigDecimal;
import java.util.Map;

/**
 * What the option lines of a script set; defaults are packetdrill's.
 *
 * @param toleranceUs how far from its time an event may be
 * @param tolerancePercent or how far in percent of the time since the event before, whichever is more
 * @param tickUs what a step of an outbound timestamp means; 0 if their values are not compared
 * @param strictSegments an outbound packet must be one segment, not a run of them
 * @param inboundMssBytes payload of the segments that inbound packets were coalesced from, or 0
 */
record ScriptConfig(
        IpAddress localIp,
        IpAddress remoteIp,
        IpAddress gatewayIp,
        int prefixLength,
        int bindPort,
        int connectPort,
        int mtuBytes,
        long toleranceUs,
        double tolerancePercent,
        long tickUs,
        boolean strictSegments,
        int inboundMssBytes) {

    static ScriptConfig of(Map<String, String> options) throws ScriptFailure {
        String version = options.getOrDefault("ip_version", "ipv4");
        if (!version.equals("ipv4")) {
            throw ScriptFailure.skip("--ip_version=" + version);
        }
        for (String option : new String[] {"is_anyip", "code_sockopt"}) {
            if (options.containsKey(option)) {
                throw ScriptFailure.skip("option --" + option);
            }
        }
        try {
            return new ScriptConfig(
                    address(options, "local_ip", "192.168.0.2"),
                    address(options, "remote_ip", "192.0.2.1"),
                    address(options, "gateway_ip", "192.168.0.254"),
                    prefix(options.getOrDefault("netmask_ip", "255.255.0.0")),
                    integer(options, "bind_port", 8080),
                    integer(options, "connect_port", 8080),
                    integer(options, "mtu", 1500),
                    integer(options, "tolerance_usecs", 4000),
                    new BigDecimal(options.getOrDefault("tolerance_percent", "12.5")).doubleValue(),
                    integer(options, "tcp_ts_tick_usecs", 0),
                    options.containsKey("strict_segments"),
                    integer(options, "mss", 0));
        } catch (IllegalArgumentException e) {
            ScriptFailure failure = ScriptFailure.skip("options: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** How far from its time an event may be that follows one {@code deltaUs} before it. */
    long toleranceUs(long deltaUs) {
        return Math.max(toleranceUs, (long) (deltaUs * tolerancePercent / 100));
    }

    private static IpAddress address(Map<String, String> options, String name, String otherwise) {
        IpAddress address = IpAddress.parse(options.getOrDefault(name, otherwise));
        if (!address.isV4()) {
            throw new IllegalArgumentException("--" + name + "=" + address + " is IPv6");
        }
        return address;
    }

    private static int prefix(String netmask) {
        return Integer.bitCount(IpAddress.parse(netmask).v4Bits());
    }

    private static int integer(Map<String, String> options, String name, int otherwise) {
        return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
    }
}
