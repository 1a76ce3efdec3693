package dev.atoll.launcher.link;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.NetlinkAttributes;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A route through an interface.
 *
 * @param gateway the router, or null if the destinations are on the link
 * @param metric the smaller of two wins; unsigned
 * @param options what the program's stack has of what it is besides, without the metric
 * @param main whether it is in the table that counts where no rule says otherwise
 * @param command the words for ip(8) that give it back, with {@code $name} for the interface's name
 */
record InterfaceRoute(
        Subnet destination,
        @Nullable IpAddress gateway,
        int metric,
        RouteOptions options,
        boolean main,
        String command) {
    // linux/rtnetlink.h
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_CACHEINFO = 12;
    private static final int RTA_TABLE = 15;
    private static final int RTA_PREF = 20;
    private static final int RTN_UNICAST = 1;
    private static final int RTPROT_REDIRECT = 1;
    private static final int RTPROT_KERNEL = 2;
    private static final int RTPROT_RA = 9;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTNH_F_ONLINK = 4;
    private static final int TABLE_MAIN = 254;
    private static final int TABLE_LOCAL = 255;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int PREF_MEDIUM = 0;

    // Offsets in struct rtmsg and struct rtnexthop.
    private static final int DST_LEN = 1;
    private static final int SRC_LEN = 2;
    private static final int TOS = 3;
    private static final int TABLE = 4;
    private static final int PROTOCOL = 5;
    private static final int SCOPE = 6;
    private static final int TYPE = 7;
    private static final int FLAGS = 8;
    private static final int RTMSG_BYTES = 12;
    private static final int NEXTHOP_INDEX = 4;
    private static final int NEXTHOP_BYTES = 8;

    /** What ip(8) calls the metrics that are numbers; at their places. */
    private static final String[] METRICS = {
        "",
        "",
        "mtu",
        "window",
        "",
        "",
        "ssthresh",
        "cwnd",
        "advmss",
        "reordering",
        "hoplimit",
        "initcwnd",
        "",
        "",
        "initrwnd",
        "quickack"
    };

    private static final int RTAX_LOCK = 1;
    private static final int RTAX_MTU = 2;
    private static final int RTAX_ADVMSS = 8;
    private static final int RTAX_INITCWND = 11;

    /**
     * Reads {@code struct rtmsg}.
     *
     * @param name of the interface
     * @return null if it is another interface's, or one that the kernel or the network makes again by itself
     * @throws LaunchException if there is more to it than can be said to ip(8) here
     */
    static @Nullable InterfaceRoute of(ByteBuffer message, String name, int index) throws LaunchException {
        NetlinkAttributes attributes = new NetlinkAttributes(message, RTMSG_BYTES);
        int family = message.get(0) & 0xff;
        int protocol = message.get(PROTOCOL) & 0xff;
        int table = attributes.number(RTA_TABLE, message.get(TABLE) & 0xff);
        boolean throughIt = attributes.number(RTA_OIF, 0) == index || isOneOf(attributes, index);
        if (!throughIt
                || table == TABLE_LOCAL
                || protocol == RTPROT_KERNEL
                || protocol == RTPROT_REDIRECT
                || (message.getInt(FLAGS) & RTM_F_CLONED) != 0
                || (family != AF_INET && family != AF_INET6)) {
            return null;
        }
        byte[] network = attributes.octets(RTA_DST);
        IpAddress any = family == AF_INET ? IpAddress.V4_ANY : IpAddress.V6_ANY;
        Subnet destination = new Subnet(network == null ? any : IpAddress.of(network), message.get(DST_LEN) & 0xff);
        byte[] via = attributes.octets(RTA_GATEWAY);
        IpAddress gateway = via == null ? null : IpAddress.of(via);
        int metric = attributes.number(RTA_PRIORITY, 0);
        // The network gives it again, but it counts while it is there.
        String command = protocol == RTPROT_RA ? "" : command(message, name, attributes, destination, gateway, table);
        return new InterfaceRoute(
                destination, gateway, metric, options(attributes, destination), table == TABLE_MAIN, command);
    }

    private static RouteOptions options(NetlinkAttributes attributes, Subnet destination) {
        byte[] source = attributes.octets(RTA_PREFSRC);
        NetlinkAttributes metrics = attributes.in(RTA_METRICS);
        // The kernel takes any number; what it makes of the strange ones is what the stack refuses to be told.
        int least = destination.network().isV4() ? 68 : 1280;
        int mtu = Math.min(metrics.number(RTAX_MTU, 0), 0xffff);
        boolean locked = (metrics.number(RTAX_LOCK, 0) >>> RTAX_MTU & 1) != 0;
        int mss = metrics.number(RTAX_ADVMSS, 0);
        return new RouteOptions(
                0,
                source == null ? null : IpAddress.of(source),
                mtu <= 0 ? 0 : Math.max(mtu, least),
                locked && mtu > 0,
                mss <= 0 ? 0 : Math.max(28, Math.min(mss, 0xffff)),
                Math.max(0, Math.min(metrics.number(RTAX_INITCWND, 0), 0xffff)));
    }

    private static boolean isOneOf(NetlinkAttributes attributes, int index) {
        ByteBuffer hops = attributes.content(RTA_MULTIPATH);
        int at = 0;
        while (at + NEXTHOP_BYTES <= hops.capacity()) {
            if (hops.getInt(at + NEXTHOP_INDEX) == index) {
                return true;
            }
            int length = hops.getShort(at) & 0xffff;
            if (length < NEXTHOP_BYTES) {
                return false;
            }
            at += length + 3 & ~3;
        }
        return false;
    }

    private static String command(
            ByteBuffer message,
            String name,
            NetlinkAttributes attributes,
            Subnet destination,
            @Nullable IpAddress gateway,
            int table)
            throws LaunchException {
        for (int type : attributes.types()) {
            switch (type) {
                case RTA_DST,
                        RTA_OIF,
                        RTA_GATEWAY,
                        RTA_PRIORITY,
                        RTA_PREFSRC,
                        RTA_METRICS,
                        RTA_TABLE,
                        RTA_CACHEINFO,
                        RTA_PREF -> {}
                case RTA_MULTIPATH -> throw cannotBeGivenBack(name, destination, "goes several ways at once");
                default ->
                    throw cannotBeGivenBack(name, destination, "has the attribute " + type + " of linux/rtnetlink.h");
            }
        }
        if (message.get(SRC_LEN) != 0 || (message.get(TYPE) & 0xff) != RTN_UNICAST) {
            throw cannotBeGivenBack(name, destination, "is for some sources only, or no plain route");
        }
        StringBuilder command = new StringBuilder("route append ").append(destination);
        if (gateway != null) {
            command.append(" via ").append(gateway);
        }
        command.append(" dev $name table ").append(Integer.toUnsignedString(table));
        command.append(" proto ").append(message.get(PROTOCOL) & 0xff);
        if (destination.network().isV4()) {
            command.append(" scope ").append(message.get(SCOPE) & 0xff);
        }
        if (message.get(TOS) != 0) {
            command.append(" tos ").append(message.get(TOS) & 0xff);
        }
        if (attributes.has(RTA_PRIORITY)) {
            command.append(" metric ").append(Integer.toUnsignedString(attributes.number(RTA_PRIORITY, 0)));
        }
        byte[] source = attributes.octets(RTA_PREFSRC);
        if (source != null) {
            command.append(" src ").append(IpAddress.of(source));
        }
        appendMetrics(command, attributes.in(RTA_METRICS), name, destination);
        byte[] preference = attributes.octets(RTA_PREF);
        if (preference != null && preference[0] != PREF_MEDIUM) {
            // RFC 4191: high is 1, low is 3.
            command.append(" pref ").append(preference[0] == 1 ? "high" : "low");
        }
        if ((message.getInt(FLAGS) & RTNH_F_ONLINK) != 0) {
            command.append(" onlink");
        }
        return command.toString();
    }

    private static void appendMetrics(StringBuilder command, NetlinkAttributes metrics, String name, Subnet destination)
            throws LaunchException {
        int locked = metrics.number(RTAX_LOCK, 0);
        for (int type : metrics.types()) {
            if (type == RTAX_LOCK) {
                continue;
            }
            if (type >= METRICS.length || METRICS[type].isEmpty()) {
                throw cannotBeGivenBack(name, destination, "has the metric " + type + " of linux/rtnetlink.h");
            }
            command.append(' ').append(METRICS[type]);
            if ((locked >>> type & 1) != 0) {
                command.append(" lock");
            }
            command.append(' ').append(Integer.toUnsignedString(metrics.number(type, 0)));
        }
    }

    private static LaunchException cannotBeGivenBack(String name, Subnet destination, String why) {
        return HostInterface.refused(
                name, "its route to " + destination + " " + why + ", which Atoll cannot give back; remove it first");
    }
}
