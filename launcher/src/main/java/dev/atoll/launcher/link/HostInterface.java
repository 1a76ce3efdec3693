package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Netlink;
import dev.atoll.launcher.sys.NetlinkAttributes;
import dev.atoll.launcher.sys.NetlinkRequest;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet interface of the launcher's network namespace, with what is lost when it leaves that namespace.
 *
 * @param index the kernel's number for it
 * @param withoutArp whether the kernel asks and answers nobody for hardware addresses by it
 * @param addresses in the kernel's order, in which the first of a subnet is the primary one
 * @param routes through it, of all tables but the kernel's own
 */
record HostInterface(
        String name,
        int index,
        MacAddress mac,
        int mtuBytes,
        boolean withoutArp,
        List<InterfaceAddress> addresses,
        List<InterfaceRoute> routes) {

    // linux/if_link.h, linux/if.h, linux/if_arp.h
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_EXT_MASK = 29;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_INFO_KIND = 1;
    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    private static final int IFF_UP = 1;
    private static final int IFF_NOARP = 0x80;
    private static final int ARPHRD_ETHER = 1;
    private static final int IFINFOMSG_TYPE = 2;
    private static final int IFINFOMSG_INDEX = 4;
    private static final int IFINFOMSG_FLAGS = 8;
    private static final int IFINFOMSG_BYTES = 16;

    /**
     * Looks it up, and whether it can be taken and given back.
     *
     * @throws LaunchException if there is no such interface, or it is one that cannot
     */
    static HostInterface find(String name) throws LaunchException, SystemCallException {
        try (Netlink netlink = Netlink.open()) {
            List<ByteBuffer> devices = netlink.dump(
                    NetlinkRequest.link(Netlink.RTM_GETLINK, 0).number(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS));
            ByteBuffer device = named(name, devices);
            if (device == null) {
                throw refused(name, "there is no such interface here; there are " + names(devices));
            }
            NetlinkAttributes attributes = new NetlinkAttributes(device, IFINFOMSG_BYTES);
            byte[] mac = attributes.octets(IFLA_ADDRESS);
            int index = device.getInt(IFINFOMSG_INDEX);
            int flags = device.getInt(IFINFOMSG_FLAGS);
            if (device.getShort(IFINFOMSG_TYPE) != ARPHRD_ETHER || mac == null || mac.length != 6) {
                throw refused(name, "it is no Ethernet interface");
            }
            if ((flags & IFF_UP) == 0) {
                throw refused(name, "it is down; ip link set dev " + name + " up");
            }
            if (attributes.has(IFLA_MASTER)) {
                throw refused(
                        name,
                        "it belongs to " + nameOf(attributes.number(IFLA_MASTER, 0), devices)
                                + ", a bridge or the like; ip link set dev " + name + " nomaster");
            }
            refuseUppers(name, index, devices);
            return new HostInterface(
                    name,
                    index,
                    new MacAddress(bits(mac)),
                    attributes.number(IFLA_MTU, 0),
                    (flags & IFF_NOARP) != 0,
                    addresses(netlink, index),
                    routes(netlink, name, index));
        }
    }

    static LaunchException refused(String name, String why) {
        return new LaunchException(ExitCode.CONFIGURATION, "link veth:" + name + ": " + why);
    }

    /** A default route through it, or null. */
    @Nullable InterfaceRoute defaultRoute() {
        for (InterfaceRoute route : routes) {
            if (route.destination().prefixLength() == 0) {
                return route;
            }
        }
        return null;
    }

    private static @Nullable ByteBuffer named(String name, List<ByteBuffer> devices) {
        for (ByteBuffer device : devices) {
            if (nameOf(device).equals(name)) {
                return device;
            }
        }
        return null;
    }

    private static String names(List<ByteBuffer> devices) {
        List<String> names = new ArrayList<>();
        for (ByteBuffer device : devices) {
            names.add(nameOf(device));
        }
        return String.join(", ", names);
    }

    private static String nameOf(ByteBuffer device) {
        return new NetlinkAttributes(device, IFINFOMSG_BYTES).text(IFLA_IFNAME);
    }

    private static String nameOf(int index, List<ByteBuffer> devices) {
        for (ByteBuffer device : devices) {
            if (device.getInt(IFINFOMSG_INDEX) == index) {
                return nameOf(device);
            }
        }
        return "the device of number " + index;
    }

    /** A VLAN, macvlan or the like on top of it would be removed by the kernel. The other end of a veth is none. */
    private static void refuseUppers(String name, int index, List<ByteBuffer> devices) throws LaunchException {
        for (ByteBuffer device : devices) {
            NetlinkAttributes attributes = new NetlinkAttributes(device, IFINFOMSG_BYTES);
            if (attributes.number(IFLA_LINK, 0) != index || attributes.has(IFLA_LINK_NETNSID)) {
                continue;
            }
            String kind = attributes.in(IFLA_LINKINFO).text(IFLA_INFO_KIND);
            if (device.getInt(IFINFOMSG_INDEX) != index && !kind.equals("veth")) {
                String upper = nameOf(device);
                throw refused(
                        name, "the " + kind + " " + upper + " is on top of it and would go; ip link delete " + upper);
            }
        }
    }

    private static List<InterfaceAddress> addresses(Netlink netlink, int index) throws SystemCallException {
        List<InterfaceAddress> addresses = new ArrayList<>();
        for (ByteBuffer message : netlink.dump(NetlinkRequest.addresses())) {
            InterfaceAddress address = InterfaceAddress.of(message, index);
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static List<InterfaceRoute> routes(Netlink netlink, String name, int index)
            throws SystemCallException, LaunchException {
        List<InterfaceRoute> routes = new ArrayList<>();
        for (ByteBuffer message : netlink.dump(NetlinkRequest.routes())) {
            InterfaceRoute route = InterfaceRoute.of(message, name, index);
            if (route != null) {
                routes.add(route);
            }
        }
        return routes;
    }

    private static long bits(byte[] mac) {
        long bits = 0;
        for (byte octet : mac) {
            bits = bits << 8 | (octet & 0xff);
        }
        return bits;
    }
}
