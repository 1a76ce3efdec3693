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

    /** RFC 4302 section 2, without what verifies the packet. */
    private static final int AH_BYTES = 12;

    /** RFC 4303 section 2: the part that is never encrypted. */
    private static final int ESP_BYTES = 8;

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
            case IpProtocol.AH -> ah(at, isLaterFragment);
            case IpProtocol.ESP -> esp(at, isLaterFragment);
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

    /** Of this one alone the kernel tells not even the name where it is in another packet. */
    private void ah(int at, boolean isLaterFragment) {
        if (!isLaterFragment) {
            out.add("PROTO", "AH");
            boolean unused = spi(at, AH_SPI, AH_BYTES);
        }
    }

    private void esp(int at, boolean isLaterFragment) {
        out.add("PROTO", "ESP");
        if (!isLaterFragment) {
            boolean unused = spi(at, 0, ESP_BYTES);
        }
    }

    /** The index of an IPsec header of so many bytes; false if not all of them are there, which is told. */
    private boolean spi(int at, int spiOffset, int bytes) {
        if (!has(at, bytes)) {
            out.incomplete(lengthBytes - at);
            return false;
        }
        out.add("SPI", "0x" + Integer.toHexString(data.getInt(at + spiOffset)));
        return true;
    }

    /** An IPsec header that IPv6 has among its extensions; false if not all of it is there. */
    boolean extension(int protocol, int at) {
        boolean isAh = protocol == IpProtocol.AH;
        out.add(isAh ? "AH" : "ESP");
        return isAh ? spi(at, AH_SPI, AH_BYTES) : spi(at, 0, ESP_BYTES);
    }
}
