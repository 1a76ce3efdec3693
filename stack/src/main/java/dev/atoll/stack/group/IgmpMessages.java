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
final class IgmpMessages extends GroupMessages {
    /** All routers that know IGMPv3. */
    static final IpAddress REPORT_TO = IpAddress.parse("224.0.0.22");

    static final IpAddress ALL_HOSTS = IpAddress.parse("224.0.0.1");
    private static final IpAddress ALL_ROUTERS = IpAddress.parse("224.0.0.2");
    /** Internetwork control, as RFC 3376 section 4 asks for. */
    private static final int TOS = 0xc0;
    /** What fits a packet every host takes, with IPv4 header, router alert and message header. */
    private static final int MAX_RECORDS_BYTES = 576 - 24 - Igmp.HEADER_BYTES;

    private static final int ADDRESS_BYTES = 4;

    private final IpLayer ip;
    private final BufferPool pool;

    IgmpMessages(IpLayer ip, BufferPool pool) {
        super(ADDRESS_BYTES, MAX_RECORDS_BYTES);
        this.ip = ip;
        this.pool = pool;
    }

    @Override
    boolean isReported(IpAddress group) {
        return !group.equals(ALL_HOSTS);
    }

    @Override
    void sendReport(Device device, List<GroupRecord> records) {
        int length = Igmp.HEADER_BYTES + bytesOf(records);
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        Igmp.write(packet.data(), at, Igmp.V3_REPORT, records.size());
        write(packet.data(), at + Igmp.HEADER_BYTES, records);
        send(device, packet, REPORT_TO);
    }

    @Override
    void reportOld(Device device, IpAddress group, int version) {
        old(device, version == 1 ? Igmp.V1_REPORT : Igmp.V2_REPORT, group, group);
    }

    @Override
    void leaveOld(Device device, IpAddress group, int version) {
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
