package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 (RFC 791, RFC 1122 section 3.2): between devices below and transport protocols above, asking the filter on both
 * ways. Under the stack's hold.
 */
public final class Ipv4Layer implements Device.Upper {
    /** RFC 1122 section 3.2.1.7 wants it configurable; 64 is what IANA recommends and Linux uses. */
    public static final int DEFAULT_TTL = 64;

    /** Identification counters, chosen by a keyed hash of the flow as RFC 7739 section 5.3 describes. */
    private static final int ID_BUCKETS = 2048;

    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final IpTables filter;
    private final IcmpErrors icmpErrors;
    private final TransportHandler[] handlers = new TransportHandler[256];
    private final Groups groups = new Groups();
    private final KeyedHash idHash;
    private final int[] ids = new int[ID_BUCKETS];

    private @Nullable ResetSender resetSender;
    private @Nullable LinkFailureListener linkFailureListener;
    private Verdict lastDenial = Verdict.ACCEPT;

    /** Answers a rejected segment with RST; TCP supplies it. */
    @FunctionalInterface
    public interface ResetSender {
        /** Answers the segment, whose headers are where the packet says; does not take it. */
        void reset(PacketBuffer segment);
    }

    /** Told when a device's link is gone. */
    @FunctionalInterface
    public interface LinkFailureListener {
        void linkFailed(Device device, String reason);
    }

    public Ipv4Layer(Cycle cycle, Counters counters, BufferPool pool, Routes routes, IpTables filter) {
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.filter = filter;
        icmpErrors = new IcmpErrors(cycle, counters, pool, this);
        idHash = new KeyedHash(cycle.rng());
    }

    public Routes routes() {
        return routes;
    }

    public Groups groups() {
        return groups;
    }

    /** The filter this asks at its hooks. */
    public IpTables filter() {
        return filter;
    }

    public IcmpErrors icmpErrors() {
        return icmpErrors;
    }

    /** Adds a protocol above; before the stack runs. */
    public void register(TransportHandler handler) {
        Check.argument(
                handlers[handler.protocolNumber()] == null,
                "protocol",
                handler.protocolNumber(),
                "one handler a protocol");
        handlers[handler.protocolNumber()] = handler;
    }

    /** The handler of a protocol, or null. */
    public @Nullable TransportHandler handler(int protocol) {
        return handlers[protocol];
    }

    public void setResetSender(ResetSender sender) {
        resetSender = sender;
    }

    public void setLinkFailureListener(LinkFailureListener listener) {
        linkFailureListener = listener;
    }

    // --- Out

    /**
     * Sends a packet whose transport header is at {@code start()}. Takes the packet.
     *
     * @return null if it is on its way, which is not to say it will arrive; NOT_PERMITTED if the policy dropped it,
     *     another error if the policy rejected it: {@link #lastDenial} then says what decided
     */
    public @Nullable StackError send(PacketBuffer packet, Route route, int protocol, int ttl, int tos) {
        int transportLength = packet.length();
        int total = transportLength + Ipv4.HEADER_BYTES;
        boolean fits = packet.gsoType != PacketBuffer.GSO_NONE || total <= route.mtuBytes();
        if (!fits) {
            packet.release();
            return StackError.MESSAGE_TOO_LONG;
        }
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        packet.transportOffset = packet.start();
        packet.transportProtocol = protocol;
        packet.ipVersion = 4;
        packet.sourceHigh = source.high();
        packet.sourceLow = source.low();
        packet.destinationHigh = destination.high();
        packet.destinationLow = destination.low();
        packet.type = PacketType.OUTGOING;
        packet.nicId = route.device().id();
        int at = packet.push(Ipv4.HEADER_BYTES);
        packet.networkOffset = at;
        Ipv4.write(
                packet.data(),
                at,
                tos,
                total,
                nextId(packet, protocol),
                Ipv4.DONT_FRAGMENT,
                ttl,
                protocol,
                source.v4Bits(),
                destination.v4Bits());
        Verdict verdict = filter.check(Hook.OUTPUT, packet, null, route.device().name(), cycle.nowNs());
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            return denyOutput(packet, verdict);
        }
        counters.ipSent++;
        route.device().send(packet, Ethernet.TYPE_IPV4, route.nextHop());
        return null;
    }

    private StackError denyOutput(PacketBuffer packet, Verdict verdict) {
        counters.drop(DropReason.FILTERED);
        filter.denied(Hook.OUTPUT, packet, verdict, cycle.nowNs());
        packet.release();
        lastDenial = verdict;
        RejectWith with = verdict.rejectWith();
        return with == null ? StackError.NOT_PERMITTED : with.error();
    }

    /** What decided when {@link #send} last gave an error of the policy. */
    public Verdict lastDenial() {
        return lastDenial;
    }

    private int nextId(PacketBuffer packet, int protocol) {
        int bucket = (int) idHash.hash(packet.sourceLow, packet.destinationLow, protocol, 0, 0) & ID_BUCKETS - 1;
        int id = ids[bucket];
        if (id == 0) {
            id = cycle.rng().nextInt(0x10000);
        }
        // A super-segment takes as many ids as the segments it is cut into.
        ids[bucket] = id + 1 + (packet.gsoSize == 0 ? 0 : packet.length() / packet.gsoSize);
        return id & 0xffff;
    }

    // --- In

    @Override
    public void receive(Device device, int etherType, PacketBuffer packet) {
        if (etherType != Ethernet.TYPE_IPV4) {
            drop(packet, DropReason.UNKNOWN_NETWORK_PROTOCOL);
            return;
        }
        counters.ipReceived++;
        DropReason fault = parse(device, packet);
        if (fault != null) {
            drop(packet, fault);
            return;
        }
        Verdict verdict = filter.check(Hook.INPUT, packet, device.name(), null, cycle.nowNs());
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            denyInput(packet, verdict);
            return;
        }
        packet.consume(packet.transportOffset - packet.start());
        TransportHandler handler = handlers[packet.transportProtocol];
        if (handler == null) {
            counters.drop(DropReason.UNKNOWN_TRANSPORT_PROTOCOL);
            icmpErrors.sendUnreachable(packet, RejectWith.ICMP_PROTO_UNREACHABLE.icmpCode());
            packet.release();
            return;
        }
        handler.receive(device, packet);
    }

    /** Validates the header (RFC 1122 section 3.2.1) and notes what it says; gives what is wrong, or null. */
    private @Nullable DropReason parse(Device device, PacketBuffer packet) {
        int at = packet.start();
        if (packet.linearLength() < Ipv4.HEADER_BYTES || Ipv4.version(packet.data(), at) != 4) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        int headerBytes = Ipv4.headerBytes(packet.data(), at);
        int total = Ipv4.totalLength(packet.data(), at);
        if (headerBytes < Ipv4.HEADER_BYTES || total < headerBytes || total > packet.linearLength()) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        if (!packet.looped && !Ipv4.checksumValid(packet.data(), at)) {
            return DropReason.IP_CHECKSUM;
        }
        packet.trimTo(total);
        packet.networkOffset = at;
        packet.transportOffset = at + headerBytes;
        packet.ipVersion = 4;
        packet.transportProtocol = Ipv4.protocol(packet.data(), at);
        packet.sourceHigh = 0;
        packet.sourceLow = IpAddress.V4_PREFIX | Ipv4.source(packet.data(), at) & 0xffff_ffffL;
        packet.destinationHigh = 0;
        packet.destinationLow = IpAddress.V4_PREFIX | Ipv4.destination(packet.data(), at) & 0xffff_ffffL;
        if (isMartian(device, packet)) {
            return DropReason.IP_MARTIAN;
        }
        if (!isForUs(device, packet)) {
            return DropReason.IP_NOT_LOCAL;
        }
        return Ipv4.isFragment(packet.data(), at) ? DropReason.IP_FRAGMENT : null;
    }

    /** RFC 1122 section 3.2.1.3: sources that are no host's, and loopback or own addresses coming from outside. */
    private boolean isMartian(Device device, PacketBuffer packet) {
        int source = (int) packet.sourceLow;
        if (source >>> 28 >= 0xe) {
            return true;
        }
        if (device.isLoopback()) {
            return false;
        }
        return source >>> 24 == 127
                || (int) packet.destinationLow >>> 24 == 127
                || routes.isLocal(packet.sourceHigh, packet.sourceLow);
    }

    private boolean isForUs(Device device, PacketBuffer packet) {
        int destination = (int) packet.destinationLow;
        if (routes.isLocal(packet.destinationHigh, packet.destinationLow)) {
            // A unicast address in a link broadcast is someone's mistake or attack (RFC 1122 section 3.3.6).
            return packet.type != PacketType.BROADCAST;
        }
        if (destination >>> 28 == 0xe) {
            packet.type = PacketType.MULTICAST;
            return groups.isMember(device.id(), packet.destinationHigh, packet.destinationLow);
        }
        if (destination == -1 || device.isSubnetBroadcast(IpAddress.v4(destination))) {
            packet.type = PacketType.BROADCAST;
            return true;
        }
        return false;
    }

    private void denyInput(PacketBuffer packet, Verdict verdict) {
        counters.drop(DropReason.FILTERED);
        filter.denied(Hook.INPUT, packet, verdict, cycle.nowNs());
        RejectWith with = verdict.rejectWith();
        if (with == RejectWith.TCP_RESET) {
            if (packet.transportProtocol == IpProtocol.TCP && resetSender != null) {
                resetSender.reset(packet);
            }
        } else if (with != null) {
            icmpErrors.sendUnreachable(packet, with.icmpCode());
        }
        packet.release();
    }

    private void drop(PacketBuffer packet, DropReason reason) {
        counters.drop(reason);
        packet.release();
    }

    @Override
    public void neighborUnreachable(Device device, PacketBuffer packet) {
        TransportHandler handler =
                packet.transportOffset == PacketBuffer.UNKNOWN ? null : handlers[packet.transportProtocol];
        if (handler != null) {
            handler.unreachable(packet, StackError.HOST_UNREACHABLE, false, -1);
        }
    }

    @Override
    public void linkFailed(Device device, String reason) {
        if (linkFailureListener != null) {
            linkFailureListener.linkFailed(device, reason);
        }
    }
}
