package dev.atoll.runtime.packetlog;

import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;

/** What both families have behind the IP header. */
final class TransportText {
    /** The bits between a TCP header's length and its flags. */
    private static final int RESERVED = 0x0f;

    private static final int OFFSET = 12;
    private static final int AH_SPI = 4;
    private static final int SPI_BYTES = 4;
    private static final String[] FLAG_NAMES = {"CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};
    private static final int[] FLAGS = {Tcp.CWR, Tcp.ECE, Tcp.URG, Tcp.ACK, Tcp.PSH, Tcp.RST, Tcp.SYN, Tcp.FIN};

    private final ByteBuffer data;
    private final int lengthBytes;
    private final LogDetails details;
    private final LogFields out;

    TransportText(ByteBuffer data, int lengthBytes, LogDetails details, LogFields out) {
        this.data = data;
        this.lengthBytes = lengthBytes;
        this.details = details;
        this.out = out;
    }

    private boolean has(int at, int bytes) {
        return data.limit() - at >= bytes;
    }

    /**
     * A header that is told in the same way of both families.
     *
     * @param isLaterFragment whether the header is in another packet
     */
    void header(int protocol, int at, boolean isLaterFragment) {
        switch (protocol) {
            case IpProtocol.TCP -> tcp(at, isLaterFragment);
            case IpProtocol.UDP -> udp("UDP", at, isLaterFragment);
            case IpProtocol.UDP_LITE -> udp("UDPLITE", at, isLaterFragment);
            case IpProtocol.AH -> spi("AH", at, AH_SPI, isLaterFragment);
            case IpProtocol.ESP -> spi("ESP", at, 0, isLaterFragment);
            default -> out.add("PROTO", protocol);
        }
    }

    private void tcp(int at, boolean isLaterFragment) {
        out.add("PROTO", "TCP");
        if (isLaterFragment) {
            return;
        }
        if (!has(at, Tcp.HEADER_BYTES)) {
            out.incomplete(lengthBytes - at);
            return;
        }
        out.add("SPT", Tcp.sourcePort(data, at)).add("DPT", Tcp.destinationPort(data, at));
        if (details.tcpSequence()) {
            out.add("SEQ", Integer.toUnsignedString(Tcp.sequence(data, at)));
            out.add("ACK", Integer.toUnsignedString(Tcp.acknowledgment(data, at)));
        }
        out.add("WINDOW", Tcp.window(data, at));
        out.add("RES", "0x" + LogFields.hex((data.get(at + OFFSET) & RESERVED) << 2, 2));
        for (int i = 0; i < FLAGS.length; i++) {
            if ((Tcp.flags(data, at) & FLAGS[i]) != 0) {
                out.add(FLAG_NAMES[i]);
            }
        }
        out.add("URGP", Tcp.urgentPointer(data, at));
        int headerBytes = Tcp.headerBytes(data, at);
        if (details.tcpOptions() && headerBytes > Tcp.HEADER_BYTES) {
            if (has(at, headerBytes)) {
                out.options(data, at + Tcp.HEADER_BYTES, at + headerBytes);
            } else {
                out.add("OPT").add("(TRUNCATED)");
            }
        }
    }

    private void udp(String name, int at, boolean isLaterFragment) {
        out.add("PROTO", name);
        if (isLaterFragment) {
            return;
        }
        if (!has(at, Udp.HEADER_BYTES)) {
            out.incomplete(lengthBytes - at);
            return;
        }
        out.add("SPT", Udp.sourcePort(data, at)).add("DPT", Udp.destinationPort(data, at));
        out.add("LEN", Udp.length(data, at));
    }

    private void spi(String name, int at, int spiOffset, boolean isLaterFragment) {
        out.add("PROTO", name);
        if (isLaterFragment) {
            return;
        }
        if (!has(at, spiOffset + SPI_BYTES)) {
            out.incomplete(lengthBytes - at);
            return;
        }
        out.add("SPI", "0x" + Integer.toHexString(data.getInt(at + spiOffset)));
    }
}
