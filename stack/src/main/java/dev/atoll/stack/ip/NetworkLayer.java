package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What differs between IPv4 and IPv6: the header, which errors are owed, and the protocols that belong to one of them
 * only. All that is common is {@link IpLayer}'s. Under the stack's hold.
 */
public abstract class NetworkLayer {
    private final @Nullable TransportHandler[] handlers = new TransportHandler[256];

    NetworkLayer() {}

    /** Adds a protocol above this network protocol; before the stack runs. */
    public final void register(TransportHandler handler) {
        Check.argument(
                handlers[handler.protocolNumber()] == null,
                "protocol",
                handler.protocolNumber(),
                "one handler a protocol");
        handlers[handler.protocolNumber()] = handler;
    }

    /** The handler of a protocol, or null. */
    public final @Nullable TransportHandler handler(int protocol) {
        return handlers[protocol];
    }

    /** Number in the Ethernet header. */
    abstract int etherType();

    /**
     * Reads the header at {@code start()} for what it says by itself, notes that in the packet, and cuts off what lies
     * behind the packet's end. Of extension headers, nothing. From any thread: only the packet is touched.
     *
     * @return what is wrong with it, or null
     */
    abstract @Nullable DropReason readHeader(PacketBuffer packet);

    /**
     * Notes where the transport header is, in a packet whose network header was read; {@link PacketBuffer#UNKNOWN} in a
     * later fragment, which has none. From any thread.
     *
     * @return false if headers in between are cut short
     */
    abstract boolean findTransport(PacketBuffer packet);

    /** Bytes of a header without options. */
    abstract int headerBytes();

    /** What a TCP super-segment is called. */
    abstract int tcpGsoType();

    /** The largest packet a device carries, bytes. */
    abstract int mtuBytes(Device device);

    /**
     * Puts a header in front of a packet whose transport header is at {@code transportOffset}, and says in the packet
     * where it is.
     *
     * @param flags as {@link IpLayer#send} takes them
     */
    abstract void writeHeader(PacketBuffer packet, Route route, int protocol, int ttl, int tos, int flags);

    /**
     * Takes the header at {@code start()} for the packet's own: fills in what may be left open, and notes in the packet
     * what it says; false if it is none.
     */
    abstract boolean adoptHeader(PacketBuffer packet, Route route);

    /** Bytes a fragment has more than the header of the whole. */
    abstract int fragmentHeaderBytes();

    /** Draws the number that tells the fragments of one packet from others. */
    abstract int fragmentId(PacketBuffer whole);

    /** Writes the header of a fragment at {@code at}; behind it and its fragment header its data is in place. */
    abstract void writeFragment(
            PacketBuffer fragment, int at, PacketBuffer whole, int offset, int dataBytes, boolean more, int id);

    /** Takes a fragment just parsed; gives the datagram if this made it whole. */
    abstract @Nullable PacketBuffer reassemble(PacketBuffer fragment);

    /** Bytes in front of what is cut when a packet is cut, its network header set. */
    abstract int unfragmentableBytes(PacketBuffer whole);

    // --- For packets that are passed on

    /** Whether the packet is one fragment of several; notes in the packet what {@link #reassemble} needs. */
    abstract boolean locateFragment(PacketBuffer packet);

    /** Whether a fragment just located can be part of a datagram. */
    abstract boolean isFragmentPossible(PacketBuffer packet);

    /** Whether a router may cut the packet for a link of that MTU. */
    abstract boolean mayCut(PacketBuffer packet, int mtuBytes);

    /** Tells the sender of a better first hop on its own link; does not take the packet. */
    abstract void redirect(PacketBuffer packet, Device device, IpAddress nextHop);

    /** Writes into options that ask for it that the packet leaves here; before {@link #ageByOneHop}. */
    abstract void recordHop(PacketBuffer packet, Device out, IpAddress nextHop);

    /** Finds the transport header, for the filter; a packet without one has none at its end. */
    abstract void locateTransport(PacketBuffer packet);

    /** Hops the packet may still go. */
    abstract int hopsLeft(PacketBuffer packet);

    /** One hop less. */
    abstract void ageByOneHop(PacketBuffer packet);

    /** Tells the sender that the packet had no hops left; does not take the packet. */
    abstract void hopsExceeded(PacketBuffer packet);

    /** Tells the sender that its address means nothing where the packet goes; does not take the packet. */
    abstract void beyondScope(PacketBuffer packet);

    /** Tells the sender that there is no way to go on; does not take the packet. */
    abstract void noRoute(PacketBuffer packet);

    /** Tells the sender that the next hop does not answer; does not take the packet. */
    abstract void hostUnreachable(PacketBuffer packet);

    /** Tells the sender what the next link carries; does not take the packet. */
    abstract void tooBig(PacketBuffer packet, int mtuBytes);

    /** Drops what waits: the stack closes. */
    abstract void clear();

    /** What is remembered from one packet to the next. */
    abstract void archive(Archive archive);

    /**
     * Validates the header at {@code start()} and notes in the packet what it says.
     *
     * @return what is wrong, or null
     */
    abstract @Nullable DropReason parse(Device device, PacketBuffer packet);

    /** Whether the fault that {@link #parse} just found is to be answered, if the policy lets the packet in. */
    abstract boolean owesAnswer(DropReason fault);

    /** Answers the fault that {@link #parse} just found; does not take the packet. */
    abstract void answerFault(Device device, PacketBuffer packet);

    /** Whether the packet just parsed is one fragment of several. */
    abstract boolean isFragment(PacketBuffer packet);

    /** Tells the sender that there is no such protocol here; does not take the packet. */
    abstract void protocolUnreachable(Device device, PacketBuffer packet);

    /** Tells the sender that nobody has the port; does not take the packet. */
    abstract void portUnreachable(PacketBuffer packet);

    /** Tells the sender what the policy decided; does not take the packet. */
    abstract void reject(PacketBuffer packet, RejectWith with);
}
