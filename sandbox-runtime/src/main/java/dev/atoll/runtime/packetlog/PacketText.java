package dev.atoll.runtime.packetlog;

import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.LoggedPacket;
import dev.atoll.stack.filter.TraceStep;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * A packet as Linux's log tells it, for what reads such logs: {@code IN= OUT=eth0 SRC=10.66.0.2 DST=192.0.2.7 LEN=60 ...
 * PROTO=TCP SPT=40000 DPT=443 ...} (nf_log_syslog); one that AUDIT tells of as its audit records do. Header fields only, and
 * what is cut off is said to be.
 */
public final class PacketText {
    /** What Linux has for a packet without a mark in an audit record. */
    private static final int NO_MARK = -1;

    private PacketText() {}

    /** What stands before the packet: the prefix that the rule wants, or what a trace met; may be empty. */
    public static String prefix(LoggedPacket.Cause cause) {
        if (cause instanceof LogTarget.Log log) {
            return log.prefix();
        } else if (cause instanceof LogTarget.NfLog log) {
            return log.prefix();
        } else if (cause instanceof TraceStep step) {
            String kind = step.kind().name().toLowerCase(Locale.ROOT);
            return "TRACE: " + step.table().text() + ":" + step.chain() + ":" + kind + ":" + step.number() + " ";
        }
        return "";
    }

    /** The packet without its prefix, in one line. */
    public static String of(LoggedPacket packet) {
        LogFields out = new LogFields();
        if (packet.cause() instanceof LogTarget.Audit) {
            audit(packet, out);
            return out.toString();
        }
        LogDetails details = details(packet.cause());
        out.add("IN", packet.inNic()).add("OUT", packet.outNic());
        if (!packet.inNic().isEmpty()) {
            frame(packet, details, out);
        }
        if (packet.ipVersion() == 4) {
            new Ipv4Text(packet.headers(), packet.lengthBytes(), details, out).packet();
        } else {
            new Ipv6Text(packet.headers(), packet.lengthBytes(), details, out).packet();
        }
        SocketOwner owner = packet.owner();
        if (details.owner() && owner != null) {
            out.add("UID", owner.userId()).add("GID", owner.groupId());
        }
        if (packet.mark() != 0) {
            out.add("MARK", "0x" + Integer.toHexString(packet.mark()));
        }
        return out.toString();
    }

    private static LogDetails details(LoggedPacket.Cause cause) {
        if (cause instanceof LogTarget.Log log) {
            return log.details();
        }
        return cause instanceof TraceStep ? LogDetails.OF_TRACE : LogDetails.NONE;
    }

    private static void frame(LoggedPacket packet, LogDetails details, LogFields out) {
        MacAddress source = packet.linkSource();
        MacAddress destination = packet.linkDestination();
        String type = packet.ipVersion() == 4 ? "0800" : "86dd";
        if (source == null || destination == null) {
            out.add("MAC", "");
        } else if (details.linkHeader()) {
            out.add("MACSRC", source).add("MACDST", destination).add("MACPROTO", type);
        } else {
            String bytes = type.substring(0, 2) + ":" + type.substring(2);
            out.add("MAC", destination + ":" + source + ":" + bytes);
        }
    }

    private static void audit(LoggedPacket packet, LogFields out) {
        int mark = packet.mark() == 0 ? NO_MARK : packet.mark();
        out.add("mark", "0x" + Integer.toHexString(mark));
        ByteBuffer headers = packet.headers();
        boolean v4 = packet.ipVersion() == 4;
        out.add("saddr", v4 ? Ipv4Text.source(headers, 0) : Ipv6Text.source(headers, 0));
        out.add("daddr", v4 ? Ipv4Text.destination(headers, 0) : Ipv6Text.destination(headers, 0));
        out.add("proto", v4 ? Ipv4Text.protocol(headers) : Ipv6Text.protocol(headers));
    }

    /** An address as the kernel prints it in a log: IPv6 in full. */
    static String inFull(IpAddress address) {
        StringBuilder text = new StringBuilder();
        for (int group = 0; group < 8; group++) {
            long half = group < 4 ? address.high() : address.low();
            int bits = (int) (half >>> 48 - 16 * (group % 4)) & 0xffff;
            text.append(group == 0 ? "" : ":").append(LogFields.hex(bits, 4));
        }
        return text.toString();
    }
}
