package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.TcpOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet that a script sends or expects. Sequence numbers, timestamps and addresses are the script's own; {@code
 * Conversation} translates.
 */
record PacketSpec(boolean outbound, IpSpec ip, Body body) implements Script.Action {
    /** Not given: inbound takes a default, outbound is not compared. */
    static final int UNSPECIFIED = -1;

    /**
     * Fields of the IP header.
     *
     * @param tos how the type-of-service octet is given or judged
     */
    record IpSpec(Tos tos, int tosValue, int ttl) {
        static final IpSpec NONE = new IpSpec(Tos.UNCHECKED, 0, UNSPECIFIED);

        enum Tos {
            UNCHECKED,
            /** The lower two bits only. */
            ECN,
            /** Either of the two capable codepoints; outbound only. */
            ECN_CAPABLE,
            WHOLE
        }
    }

    /** Explicit ports; {@link #UNSPECIFIED} for those of the connection under test. */
    record Ports(int source, int destination) {
        static final Ports NONE = new Ports(UNSPECIFIED, UNSPECIFIED);
    }

    sealed interface Body {}

    /**
     * A TCP segment.
     *
     * @param window or {@link #UNSPECIFIED}
     * @param options null if they are not compared
     */
    record Tcp(
            Ports ports,
            int flags,
            int seq,
            int payloadBytes,
            int ack,
            int window,
            int urgentPointer,
            @Nullable List<TcpOption> options)
            implements Body {}

    record Udp(Ports ports, int payloadBytes) implements Body {}

    /**
     * An ICMP message.
     *
     * @param mtu next hop's, or {@link #UNSPECIFIED}
     * @param quote the packet an error is about, null for none given
     */
    record Icmp(
            int type,
            int code,
            int mtu,
            int echoId,
            @Nullable Quote quote) implements Body {}

    /**
     * The packet quoted in an ICMP error.
     *
     * @param udp or TCP
     */
    record Quote(boolean udp, int seq, int payloadBytes) {}
}
