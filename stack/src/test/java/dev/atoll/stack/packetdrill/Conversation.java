package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection, or exchange of datagrams, of the stack under test with the script's remote side, and the translation
 * between the script's numbers and the live ones.
 *
 * <p>In a script a SYN has the sequence number it says, and all other numbers count from the initial ones. Ports are
 * the runner's choice unless the script gives them. Timestamps the stack sends are compared by their distance from the
 * first one.
 */
final class Conversation {
    private static final int DEFAULT_WINDOW = 0;
    private static final int ECHO_DATA_BYTES = 8;

    private final IpAddress local;
    private final IpAddress remote;
    private final int protocol;
    private final int remotePort;
    private int localPort;

    /** Of the first SYN; a later one within the connection changes nothing. */
    private int remoteIsn;

    private boolean remoteIsnKnown;
    private int localIsn;
    private int scriptLocalIsn;

    private boolean stampSeen;
    private int firstScriptStamp;
    private int firstLiveStamp;
    private final Map<Integer, Integer> stampsByScript = new HashMap<>();

    /** The socket at the local end, once the script has it; what it wrote is what segments must carry. */
    @Nullable Socket socket;

    Conversation(IpAddress local, IpAddress remote, int protocol, int localPort, int remotePort) {
        this.local = local;
        this.remote = remote;
        this.protocol = protocol;
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    IpAddress remote() {
        return remote;
    }

    int remotePort() {
        return remotePort;
    }

    int localPort() {
        return localPort;
    }

    boolean isTcp() {
        return protocol == Ipv4Packet.TCP;
    }

    /** Whether a packet of the stack belongs here. Any ICMP message between the hosts does. */
    boolean owns(Ipv4Packet packet) {
        if (!packet.source().equals(local) || !packet.destination().equals(remote)) {
            return false;
        }
        if (packet.protocol() == Ipv4Packet.ICMP) {
            return true;
        }
        if (packet.protocol() != protocol) {
            return false;
        }
        int source = packet.payload().u16(0);
        int destination = packet.payload().u16(2);
        return destination == remotePort && (localPort == 0 || source == localPort);
    }

    // --- script to live -------------------------------------------------------------------------------------------

    /** The packet that an inbound line of a script means. */
    Ipv4Packet toLive(PacketSpec spec) throws ScriptFailure {
        Ipv4Packet packet;
        if (spec.body() instanceof PacketSpec.Tcp tcp) {
            packet = wrap(Ipv4Packet.TCP, segment(tcp).encode(remote, local));
        } else if (spec.body() instanceof PacketSpec.Udp udp) {
            Bytes payload = Pattern.bytes(0, udp.payloadBytes());
            packet = wrap(Ipv4Packet.UDP, new UdpDatagram(remotePort, localPort, payload).encode(remote, local));
        } else {
            packet =
                    wrap(Ipv4Packet.ICMP, message((PacketSpec.Icmp) spec.body()).encode());
        }
        PacketSpec.IpSpec ip = spec.ip();
        if (ip.tos() != PacketSpec.IpSpec.Tos.UNCHECKED) {
            packet = packet.withTos(ip.tosValue());
        }
        return ip.ttl() == PacketSpec.UNSPECIFIED ? packet : packet.withTtl(ip.ttl());
    }

    private Ipv4Packet wrap(int inner, Bytes payload) {
        return Ipv4Packet.of(remote, local, inner, payload);
    }

    private TcpSegment segment(PacketSpec.Tcp tcp) throws ScriptFailure {
        boolean syn = (tcp.flags() & TcpSegment.SYN) != 0;
        boolean ack = (tcp.flags() & TcpSegment.ACK) != 0;
        if (syn && !remoteIsnKnown) {
            remoteIsnKnown = true;
            remoteIsn = tcp.seq();
        }
        int ackOffset = syn ? localIsn - scriptLocalIsn : localIsn;
        List<TcpOption> options = new ArrayList<>();
        for (TcpOption option : tcp.options() == null ? List.<TcpOption>of() : tcp.options()) {
            options.add(optionToLive(option, ack, ackOffset));
        }
        return new TcpSegment(
                remotePort,
                localPort,
                syn ? tcp.seq() : tcp.seq() + remoteIsn,
                ack ? tcp.ack() + ackOffset : 0,
                tcp.flags(),
                tcp.window() == PacketSpec.UNSPECIFIED ? DEFAULT_WINDOW : tcp.window(),
                tcp.urgentPointer(),
                options,
                Pattern.bytes(tcp.seq() - 1, tcp.payloadBytes()));
    }

    private TcpOption optionToLive(TcpOption option, boolean ack, int ackOffset) throws ScriptFailure {
        if (option instanceof TcpOption.Sack sack) {
            return shifted(sack, ackOffset);
        }
        if (option instanceof TcpOption.Timestamps stamps && ack) {
            Integer live = stampsByScript.get(stamps.echo());
            if (live == null) {
                throw ScriptFailure.failed("the stack sent no segment with TS val "
                        + Integer.toUnsignedString(stamps.echo()) + " that could be echoed");
            }
            return new TcpOption.Timestamps(stamps.value(), live);
        }
        return option;
    }

    private static TcpOption.Sack shifted(TcpOption.Sack sack, int offset) {
        List<TcpOption.Block> blocks = new ArrayList<>();
        for (TcpOption.Block block : sack.blocks()) {
            blocks.add(new TcpOption.Block(block.left() + offset, block.right() + offset));
        }
        return new TcpOption.Sack(blocks);
    }

    private IcmpMessage message(PacketSpec.Icmp icmp) {
        int rest = icmp.mtu() == PacketSpec.UNSPECIFIED ? icmp.echoId() << 16 : icmp.mtu();
        if (icmp.type() == IcmpMessage.ECHO_REQUEST || icmp.type() == IcmpMessage.ECHO_REPLY) {
            return new IcmpMessage(icmp.type(), icmp.code(), rest, Pattern.bytes(0, ECHO_DATA_BYTES));
        }
        PacketSpec.Quote quote = icmp.quote();
        PacketSpec.Quote quoted = quote == null ? new PacketSpec.Quote(!isTcp(), 0, 0) : quote;
        Bytes transport = quoted.udp()
                ? new UdpDatagram(localPort, remotePort, Pattern.bytes(0, quoted.payloadBytes())).encode(local, remote)
                : new TcpSegment(
                                localPort,
                                remotePort,
                                quoted.seq() + localIsn,
                                0,
                                TcpSegment.ACK,
                                0,
                                0,
                                List.of(),
                                Pattern.bytes(quoted.seq() - 1, quoted.payloadBytes()))
                        .encode(local, remote);
        int inner = quoted.udp() ? Ipv4Packet.UDP : Ipv4Packet.TCP;
        Bytes original = Ipv4Packet.of(local, remote, inner, transport).encode();
        // RFC 792: the header and 64 bits of the packet's data.
        return new IcmpMessage(icmp.type(), icmp.code(), rest, original.slice(0, 28));
    }

    // --- live to script -------------------------------------------------------------------------------------------

    /** Learns from an outbound packet that the script expects here: the port and the initial sequence number. */
    void learn(Ipv4Packet packet, PacketSpec spec) {
        if (packet.protocol() == Ipv4Packet.ICMP) {
            return;
        }
        localPort = packet.payload().u16(0);
        if (isTcp() && spec.body() instanceof PacketSpec.Tcp expected) {
            TcpSegment segment = TcpSegment.decode(packet);
            if (segment.has(TcpSegment.SYN) && (expected.flags() & TcpSegment.SYN) != 0) {
                localIsn = segment.seq();
                scriptLocalIsn = expected.seq();
            }
        }
    }

    /** The segment with its numbers, options included, as the script counts them; {@code expected} anchors stamps. */
    TcpSegment toScript(TcpSegment live, PacketSpec.@Nullable Tcp expected) {
        boolean syn = live.has(TcpSegment.SYN);
        int seqOffset = syn ? scriptLocalIsn - localIsn : -localIsn;
        int ackOffset = syn ? 0 : -remoteIsn;
        List<TcpOption> options = new ArrayList<>();
        for (TcpOption option : live.options()) {
            if (option instanceof TcpOption.Eol) {
                continue; // Padding: says nothing, and scripts do not write it.
            }
            if (option instanceof TcpOption.Sack sack) {
                options.add(shifted(sack, ackOffset));
            } else if (option instanceof TcpOption.Timestamps stamps) {
                options.add(new TcpOption.Timestamps(stampToScript(stamps.value(), expected), stamps.echo()));
            } else {
                options.add(option);
            }
        }
        return new TcpSegment(
                live.sourcePort(),
                live.destinationPort(),
                live.seq() + seqOffset,
                live.has(TcpSegment.ACK) ? live.ack() + ackOffset : 0,
                live.flags(),
                live.window(),
                live.urgentPointer(),
                options,
                live.payload());
    }

    private int stampToScript(int live, PacketSpec.@Nullable Tcp expected) {
        if (expected != null && expected.options() != null) {
            for (TcpOption option : expected.options()) {
                if (option instanceof TcpOption.Timestamps stamps) {
                    stampsByScript.put(stamps.value(), live);
                    if (!stampSeen) {
                        stampSeen = true;
                        firstScriptStamp = stamps.value();
                        firstLiveStamp = live;
                    }
                }
            }
        }
        return stampSeen ? firstScriptStamp + (live - firstLiveStamp) : live;
    }
}
