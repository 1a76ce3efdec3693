package dev.atoll.stack.group;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.Igmp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.List;

/** IGMPv3 reports (RFC 3376 section 4.2), and those of the versions before for older routers (RFC 2236). */
final class IgmpMessages implements GroupMessages {
    /** All routers that know IGMPv3. */
    static final IpAddress REPORT_TO = IpAddress.parse("224.0.0.22");

    private static final IpAddress ALL_HOSTS = IpAddress.parse("224.0.0.1");
    private static final IpAddress ALL_ROUTERS = IpAddress.parse("224.0.0.2");
    private static final int RECORD_BYTES = 8;
    /** Internetwork control, as RFC 3376 section 4 asks for. */
    private static final int TOS = 0xc0;
    /** Records of one report that fit a packet every host takes, with IPv4 header, router alert and message header. */
    private static final int MAX_RECORDS = (576 - 24 - 8) / RECORD_BYTES;

    private final IpLayer ip;
    private final BufferPool pool;

    IgmpMessages(IpLayer ip, BufferPool pool) {
        this.ip = ip;
        this.pool = pool;
    }

    @Override
    public boolean isReported(IpAddress group) {
        return !group.equals(ALL_HOSTS);
    }

    @Override
    public void report(Device device, int recordType, List<IpAddress> groups) {
        for (int from = 0; from < groups.size(); from += MAX_RECORDS) {
            List<IpAddress> part = groups.subList(from, Math.min(groups.size(), from + MAX_RECORDS));
            int length = Igmp.HEADER_BYTES + part.size() * RECORD_BYTES;
            PacketBuffer packet = pool.allocate(length);
            int at = packet.append(length);
            Igmp.write(packet.data(), at, Igmp.V3_REPORT, part.size());
            for (int i = 0; i < part.size(); i++) {
                int record = at + Igmp.HEADER_BYTES + i * RECORD_BYTES;
                packet.data().putInt(record, recordType << 24);
                packet.data().putInt(record + 4, part.get(i).v4Bits());
            }
            send(device, packet, REPORT_TO);
        }
    }

    @Override
    public void reportOld(Device device, IpAddress group, int version) {
        old(device, version == 1 ? Igmp.V1_REPORT : Igmp.V2_REPORT, group, group);
    }

    @Override
    public void leaveOld(Device device, IpAddress group, int version) {
        if (version > 1) {
            old(device, Igmp.LEAVE, group, ALL_ROUTERS);
        }
    }

    private void old(Device device, int type, IpAddress group, IpAddress destination) {
        PacketBuffer packet = pool.allocate(Igmp.HEADER_BYTES);
        int at = packet.append(Igmp.HEADER_BYTES);
        Igmp.write(packet.data(), at, type, group.v4Bits());
        send(device, packet, destination);
    }

    private void send(Device device, PacketBuffer packet, IpAddress destination) {
        Igmp.fillChecksum(packet.data(), packet.start(), packet.length());
        ip.send(
                packet,
                ip.routes().onLink(device, source(device), destination),
                IpProtocol.IGMP,
                1,
                TOS,
                IpLayer.ROUTER_ALERT);
    }

    private static IpAddress source(Device device) {
        for (LocalAddress address : device.addresses()) {
            if (address.address().isV4()) {
                return address.address();
            }
        }
        return IpAddress.V4_ANY;
    }
}
