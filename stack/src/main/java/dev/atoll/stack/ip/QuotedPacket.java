package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import java.nio.ByteBuffer;

/** The beginning of a packet of ours that an ICMPv6 error quotes, possibly cut short. */
public final class QuotedPacket {
    /** An error says whose it is only if it quotes the ports and a sequence number. */
    private static final int MIN_TRANSPORT_BYTES = 8;

    private QuotedPacket() {}

    /**
     * Reads an IPv6 packet at {@code at} and notes in the packet that holds it what it says; false if too little of it
     * is there, or it is a later fragment.
     */
    public static boolean readIpv6(PacketBuffer error, int at) {
        ByteBuffer data = error.data();
        int found = Ipv6Extension.findTransport(data, at, error.end());
        if (found < 0 || error.end() - at - (found & 0xffff) < MIN_TRANSPORT_BYTES) {
            return false;
        }
        error.networkOffset = at;
        error.transportOffset = at + (found & 0xffff);
        error.transportProtocol = found >>> 16;
        error.sourceHigh = Ipv6.sourceHigh(data, at);
        error.sourceLow = Ipv6.sourceLow(data, at);
        error.destinationHigh = Ipv6.destinationHigh(data, at);
        error.destinationLow = Ipv6.destinationLow(data, at);
        // A mapped address is never ours on the wire, though it would look like one of IPv4.
        return !IpAddress.isV4(error.sourceHigh, error.sourceLow)
                && !IpAddress.isV4(error.destinationHigh, error.destinationLow);
    }
}
