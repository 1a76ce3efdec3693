package dev.atoll.stack.group;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.icmp.Icmpv6Layer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Ipv6Layer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.GroupObserver;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.Igmp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv4Option;
import dev.atoll.stack.wire.Ipv6;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Group membership of one stack: IGMP (RFC 3376, with RFC 2236 and RFC 1112) and MLD (RFC 3810, with RFC 2710) as two
 * codecs of one {@link GroupReporter}.
 */
public final class GroupLayer implements GroupObserver, TransportHandler, Icmpv6Layer.MessageHandler {
    private static final int IGMP_VERSION = 3;
    private static final int MLD_VERSION = 2;
    private static final int MLD1_BYTES = 24;
    private static final long MS = 1_000_000L;
    private static final long TENTH = 100 * MS;
    /** What an IGMPv1 query allows (RFC 2236 section 4). */
    private static final long V1_RESPONSE_NS = 100 * TENTH;

    private record Key(Device device, boolean ipv4) {}

    private final Cycle cycle;
    private final Counters counters;
    private final IgmpMessages igmp;
    private final MldMessages mld;
    private final Routes routes;
    private final @Nullable Ipv6Layer ipv6;
    // Only looked up, never walked.
    private final Map<Key, GroupReporter> reporters = new HashMap<>();

    public GroupLayer(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip) {
        this.cycle = cycle;
        this.counters = counters;
        igmp = new IgmpMessages(ip, pool);
        mld = new MldMessages(ip, pool, counters);
        routes = ip.routes();
        ipv6 = ip.ipv6();
        ip.ipv4().register(this);
    }

    private GroupReporter of(Device device, boolean ipv4) {
        return reporters.computeIfAbsent(
                new Key(device, ipv4),
                key -> new GroupReporter(device, cycle, ipv4 ? igmp : mld, ipv4 ? IGMP_VERSION : MLD_VERSION));
    }

    @Override
    public void changed(Device device, IpAddress group) {
        if (!device.isLoopback()) {
            of(device, group.isV4()).changed(group);
        }
    }

    @Override
    public void restarted(Device device) {
        for (boolean ipv4 : new boolean[] {true, false}) {
            GroupReporter reporter = reporters.get(new Key(device, ipv4));
            if (reporter != null) {
                reporter.restart();
            }
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
    public boolean isHeaderWhole(PacketBuffer packet) {
        return packet.linearLength() >= Igmp.HEADER_BYTES;
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        counters.igmpReceived++;
        int at = packet.start();
        int length = packet.linearLength();
        boolean valid = isHeaderWhole(packet)
                && Checksum.fold(Checksum.add(0, packet.data(), at, length)) == 0xffff
                && !device.isLoopback();
        if (!valid) {
            counters.drop(DropReason.MULTICAST_INVALID);
        } else {
            receiveIgmp(of(device, true), packet, at, length);
        }
        packet.release();
    }

    private void receiveIgmp(GroupReporter reporter, PacketBuffer packet, int at, int length) {
        ByteBuffer data = packet.data();
        IpAddress group = IpAddress.v4(Igmp.group(data, at));
        switch (Igmp.type(data, at)) {
            case Igmp.QUERY -> {
                if (isFromNear(packet, group, at, length)) {
                    receiveIgmpQuery(reporter, group, data, at, length);
                } else {
                    counters.drop(DropReason.MULTICAST_INVALID);
                }
            }
            case Igmp.V1_REPORT, Igmp.V2_REPORT -> reporter.reportedByOther(group);
            default -> {
                // Leaves and new reports are for routers (RFC 3376 section 4).
            }
        }
    }

    /**
     * Not one that somebody beyond the link could have sent here (RFC 3376 section 9.1): routers pass no query on that
     * asks them to look, as all do since version 2, and one about all groups goes to all hosts.
     */
    private static boolean isFromNear(PacketBuffer packet, IpAddress group, int at, int length) {
        ByteBuffer data = packet.data();
        int header = packet.networkOffset;
        int options = header + Ipv4.HEADER_BYTES;
        int optionsEnd = header + Ipv4.headerBytes(data, header);
        boolean version1 = length == Igmp.HEADER_BYTES && Igmp.code(data, at) == 0;
        if (!version1 && !Ipv4Option.contains(data, options, optionsEnd, Ipv4Option.ROUTER_ALERT)) {
            return false;
        }
        return !group.isUnspecified()
                || packet.type != PacketType.MULTICAST
                || packet.destinationLow == IgmpMessages.ALL_HOSTS.low();
    }

    /** The length tells the version (RFC 3376 section 7.1). */
    private void receiveIgmpQuery(GroupReporter reporter, IpAddress group, ByteBuffer data, int at, int length) {
        int code = Igmp.code(data, at);
        if (length == Igmp.HEADER_BYTES) {
            if (code == 0) {
                reporter.queried(oldQuery(group, 1, V1_RESPONSE_NS));
            } else {
                reporter.queried(oldQuery(group, 2, code * TENTH));
            }
            return;
        }
        long maxResponseNs = floating(code, 7) * TENTH;
        query(reporter, newQuery(group, IGMP_VERSION, maxResponseNs, data, at + Igmp.HEADER_BYTES, at + length));
    }

    private static GroupReporter.Query oldQuery(IpAddress group, int version, long maxResponseNs) {
        return new GroupReporter.Query(group, List.of(), version, maxResponseNs, 0, 0);
    }

    /** Reads what a query of a newest version has behind its group, at {@code at}; null if it is not all there. */
    private static GroupReporter.@Nullable Query newQuery(
            IpAddress group, int version, long maxResponseNs, ByteBuffer data, int at, int end) {
        if (end - at < Igmp.QUERY_TAIL_BYTES) {
            return null;
        }
        int addressBytes = version == IGMP_VERSION ? 4 : 16;
        int count = Igmp.sourceCount(data, at);
        int from = at + Igmp.QUERY_TAIL_BYTES;
        if (count * addressBytes > end - from) {
            return null;
        }
        List<IpAddress> sources = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int source = from + i * addressBytes;
            sources.add(
                    version == IGMP_VERSION
                            ? IpAddress.v4(data.getInt(source))
                            : new IpAddress(data.getLong(source), data.getLong(source + 8)));
        }
        long interval = floating(Igmp.queryIntervalCode(data, at), 7);
        return new GroupReporter.Query(group, sources, version, maxResponseNs, Igmp.robustness(data, at), interval);
    }

    private void query(GroupReporter reporter, GroupReporter.@Nullable Query query) {
        if (query == null || !(query.group().isUnspecified() || query.group().isMulticast())) {
            counters.drop(DropReason.MULTICAST_INVALID);
        } else {
            reporter.queried(query);
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
        // RFC 3810 section 5.1.14, RFC 2710 section 4: only from this link, and as Linux only if routers were to look.
        boolean near = Ipv6.hopLimit(data, packet.networkOffset) == 1
                && ipv6 != null
                && ipv6.hasMldRouterAlert()
                && (source.isLinkLocal() || (type != Icmpv6.MLD_QUERY && source.isUnspecified()));
        if (!near || length < MLD1_BYTES || device.isLoopback()) {
            if (type != Icmpv6.MLD2_REPORT) {
                counters.drop(DropReason.MULTICAST_INVALID);
            }
            return;
        }
        IpAddress group = new IpAddress(data.getLong(at + 8), data.getLong(at + 16));
        int code = data.getShort(at + 4) & 0xffff;
        if (type == Icmpv6.MLD_QUERY) {
            GroupReporter.Query query = length == MLD1_BYTES
                    ? oldQuery(group, 1, code * MS)
                    : newQuery(group, MLD_VERSION, floating(code, 15) * MS, data, at + MLD1_BYTES, at + length);
            query(of(device, false), query);
        } else if (type == Icmpv6.MLD_REPORT) {
            of(device, false).reportedByOther(group);
        }
    }

    // --- Saved and restored

    /** What each NIC has told and has yet to tell. */
    public void archive(Archive archive) {
        archive.section("groups");
        for (Device device : routes.devices()) {
            archive(archive, device, true);
            archive(archive, device, false);
        }
    }

    private void archive(Archive archive, Device device, boolean ipv4) {
        Key key = new Key(device, ipv4);
        if (archive.bool(reporters.containsKey(key))) {
            of(device, ipv4).archive(archive);
        } else if (archive.isRestoring()) {
            GroupReporter unknown = reporters.remove(key);
            if (unknown != null) {
                unknown.stop();
            }
        }
    }
}
