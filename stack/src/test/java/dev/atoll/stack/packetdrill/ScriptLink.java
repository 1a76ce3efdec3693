package dev.atoll.stack.packetdrill;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The link of the stack under test: keeps the IP packets it sends, with their times, and answers every ARP request at
 * once, so that a script sees neither.
 */
final class ScriptLink implements LinkEndpoint {
    private static final MacAddress LOCAL = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress PEER = MacAddress.parse("02:00:00:00:00:02");

    /** A packet the stack sent. */
    record Sent(long timeNs, Ipv4Packet packet) {}

    private final int mtuBytes;
    /** What a link that coalesces says of the segments it joined, or 0. */
    private final int inboundMssBytes;

    private final List<Sent> sent = new ArrayList<>();
    private final Queue<Bytes> input = new ArrayDeque<>();
    private @Nullable LinkDispatcher dispatcher;
    private @Nullable String complaint;
    private boolean refusing;

    ScriptLink(int mtuBytes, int inboundMssBytes) {
        this.mtuBytes = mtuBytes;
        this.inboundMssBytes = inboundMssBytes;
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public MacAddress linkAddress() {
        return LOCAL;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.PLAIN_ETHERNET;
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        dispatcher = newDispatcher;
    }

    /** From now on the link has no room. */
    void refuseAll() {
        refusing = true;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (refusing) {
            return false;
        }
        try {
            receive(EthernetFrame.decode(frame.toArray()));
        } catch (BadFrameException e) {
            complaint = "the stack sent a malformed frame: " + e.getMessage();
        }
        return true;
    }

    private void receive(EthernetFrame frame) {
        if (frame.etherType() == EthernetFrame.IPV4) {
            BadPackets.verify(frame.payload(), mtuBytes);
            sent.add(new Sent(attached().nowNs(), Ipv4Packet.decode(frame.payload())));
            return;
        }
        ArpPacket arp = ArpPacket.decode(frame.payload());
        if (arp.operation() == ArpPacket.REQUEST && !arp.senderIp().equals(arp.targetIp())) {
            ArpPacket reply = new ArpPacket(
                    ArpPacket.REPLY,
                    /* senderMac= */ PEER,
                    /* senderIp= */ arp.targetIp(),
                    /* targetMac= */ arp.senderMac(),
                    /* targetIp= */ arp.senderIp());
            input.add(new EthernetFrame(LOCAL, PEER, EthernetFrame.ARP, reply.encode()).encode());
        }
    }

    @Override
    public void close() {
        input.clear();
    }

    /** Queues a packet for the stack. */
    void inject(Ipv4Packet packet) {
        input.add(new EthernetFrame(LOCAL, PEER, EthernetFrame.IPV4, packet.encode()).encode());
    }

    boolean hasInput() {
        return !input.isEmpty();
    }

    /** Gives the stack what is queued; called under its hold. */
    void deliverInput() {
        LinkDispatcher to = attached();
        Bytes frame;
        while ((frame = input.poll()) != null) {
            PacketBuffer packet = to.pool().allocate(frame.length());
            int at = packet.append(frame.length());
            packet.data().put(at, frame.toArray());
            packet.arrivalNs = to.nowNs();
            packet.gsoSize = inboundMssBytes;
            to.deliver(packet);
        }
    }

    /** Packets sent and not yet looked at, oldest first; the runner removes those it takes. */
    List<Sent> sent() {
        return sent;
    }

    /** What was wrong with a frame, or null. */
    @Nullable String complaint() {
        return complaint;
    }

    private LinkDispatcher attached() {
        LinkDispatcher attached = dispatcher;
        if (attached == null) {
            throw new IllegalStateException("the link is not attached");
        }
        return attached;
    }
}
