package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.NetDevice;
import dev.atoll.launcher.sys.Netlink;
import dev.atoll.launcher.sys.NetlinkRequest;
import dev.atoll.launcher.sys.PacketSocket;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.util.Optional;

/**
 * A veth pair of the launcher's own: the program drives one end, the host's kernel has the other with the router's address.
 * It goes with the namespace that holds the program's end, and so with the launcher and the program, whatever ends them.
 */
final class VethPair implements OpenLink {
    // linux/if_link.h, linux/veth.h
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;

    /** What the program's end is called where nobody sees it. */
    private static final String PROGRAM_END = "eth0";

    private static final String HOST_END = "atoll";

    private final HostEnd host;
    private final HeldInterface held;
    private final MacAddress mac;
    private final int mtuBytes;
    private String name = "";
    private int index;

    private VethPair(HostEnd host, HeldInterface held, MacAddress mac, int mtuBytes) {
        this.host = host;
        this.held = held;
        this.mac = mac;
        this.mtuBytes = mtuBytes;
    }

    /** Chooses addresses; the pair is not made yet. */
    static OpenLink open(LinkRequest request) throws LaunchException, SystemCallException {
        MacAddress mac;
        try {
            mac = LocalMac.random();
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "no hardware address can be chosen: " + e.getMessage(), e);
        }
        HostEnd host = HostEnd.plan(request);
        try {
            return new VethPair(host, HeldInterface.open(), mac, request.mtuBytes());
        } catch (SystemCallException | LaunchException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    @Override
    public synchronized void bringUp() throws LaunchException {
        try {
            make();
            host.setUp(name);
            held.drive(PROGRAM_END);
        } catch (SystemCallException e) {
            throw VethLink.failure("", e);
        }
    }

    /** Under the first name that is free. */
    private void make() throws SystemCallException {
        try (Netlink netlink = Netlink.open()) {
            for (int number = 0; name.isEmpty(); number++) {
                String wanted = HOST_END + number;
                try {
                    netlink.change(request(wanted));
                    name = wanted;
                } catch (SystemCallException e) {
                    if (e.errno() != Errno.EEXIST) {
                        throw e;
                    }
                }
            }
        }
        try (NetDevice device = NetDevice.open(name)) {
            index = device.index();
        }
    }

    private NetlinkRequest request(String hostEnd) {
        NetlinkRequest request = NetlinkRequest.newLink().text(IFLA_IFNAME, hostEnd);
        int information = request.begin(IFLA_LINKINFO);
        request.text(IFLA_INFO_KIND, "veth");
        int data = request.begin(IFLA_INFO_DATA);
        int peer = request.beginWithDevice(VETH_INFO_PEER);
        request.text(IFLA_IFNAME, PROGRAM_END)
                .octets(IFLA_ADDRESS, octets(mac))
                .number(IFLA_MTU, mtuBytes)
                .number(IFLA_NET_NS_FD, held.namespace().descriptor());
        return request.end(peer).end(data).end(information);
    }

    private static byte[] octets(MacAddress mac) {
        byte[] octets = new byte[6];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (mac.bits() >>> 8 * (octets.length - 1 - i));
        }
        return octets;
    }

    @Override
    public ControlRecord.LinkKind wire() {
        return ControlRecord.LinkKind.PACKET;
    }

    @Override
    public int programDescriptor() {
        return held.socket();
    }

    @Override
    public int headerBytes() {
        return PacketSocket.VNET_HEADER_BYTES;
    }

    @Override
    public LinkAddresses addresses() {
        return host.ofProgram();
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    /** A TAP device: a packet socket of a veth pair takes frames for one station. */
    @Override
    public Optional<OpenLink> beside(LinkRequest request) throws LaunchException {
        return Optional.of(new TapLink().open(request));
    }

    @Override
    public synchronized String description() {
        return name.isEmpty() ? VethLink.NAME : VethLink.NAME + ":" + name;
    }

    @Override
    public void handOver() {
        // The launcher's copy is never read from; it is closed at the end.
    }

    /** The kernel takes some 20 ms to remove a device, which it can while the program's processes end. */
    @Override
    public void programLeaves() {
        remove();
    }

    @Override
    public void close() {
        remove();
        held.close();
        host.close();
    }

    private synchronized void remove() {
        if (index == 0) {
            return;
        }
        held.reportLosses(description());
        try {
            NetDevice.remove(index);
        } catch (SystemCallException e) {
            Terminal.line("the device " + name + " cannot be removed: " + e.getMessage());
        }
        index = 0;
    }
}
