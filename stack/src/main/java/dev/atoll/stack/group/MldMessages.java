package dev.atoll.stack.group;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import java.util.List;

/** MLDv2 reports (RFC 3810 section 5.2), and MLDv1's for older routers (RFC 2710 section 3). */
final class MldMessages extends GroupMessages {
    /** All routers that know MLDv2. */
    static final IpAddress REPORT_TO = IpAddress.parse("ff02::16");

    private static final int OLD_BYTES = 24;
    /** What fits the least MTU with IPv6 header, router alert and message header. */
    private static final int MAX_RECORDS_BYTES =
            Ipv6.MIN_MTU_BYTES - Ipv6.HEADER_BYTES - Ipv6Extension.UNIT_BYTES - Icmpv6.HEADER_BYTES;

    private static final int ADDRESS_BYTES = 16;

    private final IpLayer ip;
    private final BufferPool pool;
    private final Counters counters;

    MldMessages(IpLayer ip, BufferPool pool, Counters counters) {
        super(ADDRESS_BYTES, MAX_RECORDS_BYTES);
        this.ip = ip;
        this.pool = pool;
        this.counters = counters;
    }

    /** Not all nodes, and nothing that stays in the node (RFC 3810 section 6). */
    @Override
    boolean isReported(IpAddress group) {
        return group.multicastScope() > 1 && !group.equals(IpAddress.V6_ALL_NODES);
    }

    @Override
    void sendReport(Device device, List<GroupRecord> records) {
        int length = Icmpv6.HEADER_BYTES + bytesOf(records);
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        Icmpv6.write(packet.data(), at, Icmpv6.MLD2_REPORT, 0, records.size());
        write(packet.data(), at + Icmpv6.HEADER_BYTES, records);
        send(device, packet, REPORT_TO);
    }

    @Override
    void reportOld(Device device, IpAddress group, int version) {
        old(device, Icmpv6.MLD_REPORT, group, group);
    }

    @Override
    void leaveOld(Device device, IpAddress group, int version) {
        old(device, Icmpv6.MLD_DONE, group, IpAddress.V6_ALL_ROUTERS);
    }

    private void old(Device device, int type, IpAddress group, IpAddress destination) {
        PacketBuffer packet = pool.allocate(OLD_BYTES);
        int at = packet.append(OLD_BYTES);
        Icmpv6.write(packet.data(), at, type, 0, 0);
        packet.data().putLong(at + 8, group.high());
        packet.data().putLong(at + 16, group.low());
        send(device, packet, destination);
    }

    private void send(Device device, PacketBuffer packet, IpAddress destination) {
        IpAddress source = source(device);
        Icmpv6.fillChecksum(packet.data(), packet.start(), packet.length(), source, destination);
        counters.icmpSent++;
        ip.send(packet, ip.routes().onLink(device, source, destination), IpProtocol.ICMPV6, 1, 0, IpLayer.ROUTER_ALERT);
    }

    /** A link-local address, or none before there is one (RFC 3590). */
    private static IpAddress source(Device device) {
        for (LocalAddress address : device.addresses()) {
            if (!address.address().isV4() && address.address().isLinkLocal() && address.isAssigned()) {
                return address.address();
            }
        }
        return IpAddress.V6_ANY;
    }
}
