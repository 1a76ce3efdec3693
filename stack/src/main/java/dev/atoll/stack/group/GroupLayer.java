package dev.atoll.stack.group;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.icmp.Icmpv6Layer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.GroupObserver;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.Igmp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Group membership of one stack: IGMP (RFC 3376, with RFC 2236 and RFC 1112) and MLD (RFC 3810, with RFC 2710) as two
 * codecs of one {@link GroupReporter}.
 */
public final class GroupLayer implements GroupObserver, TransportHandler, Icmpv6Layer.MessageHandler {
    private static final int IGMP_VERSION = 3;
    private static final int MLD_VERSION = 2;
    private static final int MLD1_QUERY_BYTES = 24;
    private static final int MLD2_QUERY_BYTES = 28;
    private static final long MS = 1_000_000L;
    private static final long TENTH = 100 * MS;
    /** What an IGMPv1 query allows (RFC 2236 section 4). */
    private static final long V1_RESPONSE_NS = 100 * TENTH;

    private record Key(Device device, boolean ipv4) {}

    private final Cycle cycle;
    private final Counters counters;
    private final IgmpMessages igmp;
    private final MldMessages mld;
    // Only looked up, never walked.
    private final Map<Key, GroupReporter> reporters = new HashMap<>();

    public GroupLayer(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip) {
        this.cycle = cycle;
        this.counters = counters;
        igmp = new IgmpMessages(ip, pool);
        mld = new MldMessages(ip, pool, counters);
        ip.ipv4().register(this);
    }

    private GroupReporter of(Device device, boolean ipv4) {
        return reporters.computeIfAbsent(
                new Key(device, ipv4),
                key -> new GroupReporter(device, cycle, ipv4 ? igmp : mld, ipv4 ? IGMP_VERSION : MLD_VERSION));
    }

    @Override
    public void joined(Device device, IpAddress group) {
        if (!device.isLoopback()) {
            of(device, group.isV4()).join(group);
        }
    }

    @Override
    public void left(Device device, IpAddress group) {
        if (!device.isLoopback()) {
            of(device, group.isV4()).leave(group);
        }
    }

    /** The device goes away. */
    public void removed(Device device) {
        for (boolean ipv4 : new boolean[] {true, false}) {
            GroupReporter gone = reporters.remove(new Key(device, ipv4));
            if (gone != null) {
                gone.stop();
            }
        }
    }

    // --- IGMP

    @Override
    public int protocolNumber() {
        return IpProtocol.IGMP;
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        counters.igmpReceived++;
        int at = packet.start();
        int length = packet.linearLength();
        boolean valid = length >= Igmp.HEADER_BYTES
                && Checksum.fold(Checksum.add(0, packet.data(), at, length)) == 0xffff
                && !device.isLoopback();
        if (!valid) {
            counters.drop(DropReason.MULTICAST_INVALID);
        } else {
            receiveIgmp(of(device, true), packet.data(), at, length);
        }
        packet.release();
    }

    private static void receiveIgmp(GroupReporter reporter, ByteBuffer data, int at, int length) {
        IpAddress group = IpAddress.v4(Igmp.group(data, at));
        switch (Igmp.type(data, at)) {
            case Igmp.QUERY -> {
                int code = Igmp.code(data, at);
                if (length >= Igmp.V3_QUERY_BYTES) {
                    reporter.queried(group, IGMP_VERSION, floating(code, 7) * TENTH);
                } else if (code == 0) {
                    reporter.queried(group, 1, V1_RESPONSE_NS);
                } else {
                    reporter.queried(group, 2, code * TENTH);
                }
            }
            case Igmp.V1_REPORT, Igmp.V2_REPORT -> reporter.reportedByOther(group);
            default -> {
                // Leaves and new reports are for routers (RFC 3376 section 4).
            }
        }
    }

    /** A code of so many bits with a sign bit that makes it a small floating-point number (RFC 3376 section 4.1.1). */
    private static long floating(int code, int bits) {
        if (code < 1 << bits) {
            return code;
        }
        int mantissaBits = bits - 3;
        int mantissa = code & (1 << mantissaBits) - 1 | 1 << mantissaBits;
        int exponent = code >>> mantissaBits & 7;
        return (long) mantissa << exponent + 3;
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        counters.drop(DropReason.ICMP_UNRELATED);
    }

    // --- MLD

    @Override
    public boolean takes(int type) {
        return type == Icmpv6.MLD_QUERY
                || type == Icmpv6.MLD_REPORT
                || type == Icmpv6.MLD_DONE
                || type == Icmpv6.MLD2_REPORT;
    }

    @Override
    public void receiveMessage(Device device, PacketBuffer packet) {
        ByteBuffer data = packet.data();
        int at = packet.start();
        int length = packet.linearLength();
        int type = Icmpv6.type(data, at);
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        // RFC 3810 section 5.1.14, RFC 2710 section 4: only from this link.
        boolean near = Ipv6.hopLimit(data, packet.networkOffset) == 1
                && (source.isLinkLocal() || (type != Icmpv6.MLD_QUERY && source.isUnspecified()));
        if (!near || length < MLD1_QUERY_BYTES || device.isLoopback()) {
            if (type != Icmpv6.MLD2_REPORT) {
                counters.drop(DropReason.MULTICAST_INVALID);
            }
            return;
        }
        IpAddress group = new IpAddress(data.getLong(at + 8), data.getLong(at + 16));
        int code = data.getShort(at + 4) & 0xffff;
        if (type == Icmpv6.MLD_QUERY) {
            if (length >= MLD2_QUERY_BYTES) {
                of(device, false).queried(group, MLD_VERSION, floating(code, 15) * MS);
            } else {
                of(device, false).queried(group, 1, code * MS);
            }
        } else if (type == Icmpv6.MLD_REPORT) {
            of(device, false).reportedByOther(group);
        }
    }
}
