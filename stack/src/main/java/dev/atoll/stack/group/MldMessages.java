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
import java.util.List;

/** MLDv2 reports (RFC 3810 section 5.2), and MLDv1's for older routers (RFC 2710 section 3). */
final class MldMessages implements GroupMessages {
    /** All routers that know MLDv2. */
    static final IpAddress REPORT_TO = IpAddress.parse("ff02::16");

    private static final int RECORD_BYTES = 20;
    private static final int OLD_BYTES = 24;
    /** Records of one report that fit the least MTU with IPv6 header, router alert and message header. */
    private static final int MAX_RECORDS = (1280 - 40 - 8 - 8) / RECORD_BYTES;

    private final IpLayer ip;
    private final BufferPool pool;
    private final Counters counters;

    MldMessages(IpLayer ip, BufferPool pool, Counters counters) {
        this.ip = ip;
        this.pool = pool;
        this.counters = counters;
    }

    /** Not all nodes, and nothing that stays in the node (RFC 3810 section 6). */
    @Override
    public boolean isReported(IpAddress group) {
        return group.multicastScope() > 1 && !group.equals(IpAddress.V6_ALL_NODES);
    }

    @Override
    public void report(Device device, int recordType, List<IpAddress> groups) {
        for (int from = 0; from < groups.size(); from += MAX_RECORDS) {
            List<IpAddress> part = groups.subList(from, Math.min(groups.size(), from + MAX_RECORDS));
            int length = Icmpv6.HEADER_BYTES + part.size() * RECORD_BYTES;
            PacketBuffer packet = pool.allocate(length);
            int at = packet.append(length);
            Icmpv6.write(packet.data(), at, Icmpv6.MLD2_REPORT, 0, part.size());
            at += Icmpv6.HEADER_BYTES;
            for (IpAddress group : part) {
                packet.data().putInt(at, recordType << 24);
                packet.data().putLong(at + 4, group.high());
                packet.data().putLong(at + 12, group.low());
                at += RECORD_BYTES;
            }
            send(device, packet, REPORT_TO);
        }
    }

    @Override
    public void reportOld(Device device, IpAddress group, int version) {
        old(device, Icmpv6.MLD_REPORT, group, group);
    }

    @Override
    public void leaveOld(Device device, IpAddress group, int version) {
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
