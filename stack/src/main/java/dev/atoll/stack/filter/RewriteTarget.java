package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/** The targets that write something else into the headers of a packet and go on, under their iptables names. */
public sealed interface RewriteTarget extends StandardTarget {
    /**
     * {@code -j DSCP} and {@code -j TOS}: the type of service or traffic class.
     *
     * @param spelling as which of the two it was written
     * @param value the bits that are turned over after those of the mask were cleared
     * @param mask all bits of the code point and no others for {@link TosMatcher.Spelling#DSCP}
     */
    record SetTos(TosMatcher.Spelling spelling, int value, int mask) implements RewriteTarget {
        public SetTos {
            Check.argument(value >= 0 && value <= 0xff, "value", value, "0 to 255");
            Check.argument(mask >= 0 && mask <= 0xff, "mask", mask, "0 to 255");
            Check.argument(
                    spelling == TosMatcher.Spelling.TOS
                            || (mask == TosMatcher.DSCP_MASK && (value & ~TosMatcher.DSCP_MASK) == 0),
                    "mask",
                    mask,
                    "that of the code point");
        }

        @Override
        public Action apply(PacketContext context) {
            PacketBuffer packet = context.packet();
            int before = packet.ipVersion == Family.IPV4.ipVersion()
                    ? Ipv4.tos(packet.data(), packet.networkOffset)
                    : Ipv6.trafficClass(packet.data(), packet.networkOffset);
            PacketRewriter.setTos(packet, before & ~mask ^ value);
            return Action.CONTINUE;
        }

        @Override
        public TableName requiredTable() {
            return TableName.MANGLE;
        }
    }

    /**
     * {@code -j TTL} of IPv4, {@code -j HL} of IPv6: the hops that are left.
     *
     * @param hops 0 to 255; with {@link Change#SET} they are the new ones, else at least 1 more or fewer, as far as they go
     */
    record SetHops(Change change, int hops) implements RewriteTarget {
        /** What becomes of the packet's. */
        public enum Change {
            SET,
            INCREASE,
            DECREASE
        }

        private static final int MOST = 255;

        public SetHops {
            int least = change == Change.SET ? 0 : 1;
            Check.argument(hops >= least && hops <= MOST, "hops", hops, least + " to " + MOST);
        }

        @Override
        public Action apply(PacketContext context) {
            PacketBuffer packet = context.packet();
            int before = packet.ipVersion == Family.IPV4.ipVersion()
                    ? Ipv4.ttl(packet.data(), packet.networkOffset)
                    : Ipv6.hopLimit(packet.data(), packet.networkOffset);
            PacketRewriter.setHops(
                    packet,
                    switch (change) {
                        case SET -> hops;
                        case INCREASE -> Math.min(before + hops, MOST);
                        case DECREASE -> Math.max(before - hops, 0);
                    });
            return Action.CONTINUE;
        }

        @Override
        public TableName requiredTable() {
            return TableName.MANGLE;
        }
    }

    /**
     * {@code -j TCPMSS}: lowers the maximum segment size that a SYN announces, never raises it. A SYN that announces none is
     * left as it is, its sender takes 536 bytes then anyhow (RFC 9293 section 3.7.1).
     *
     * @param mss 0 to {@link #MOST}, or {@link #CLAMP_TO_PMTU}: what fits the smaller of the paths to both ends
     */
    record TcpMss(int mss) implements RewriteTarget {
        /** {@code --clamp-mss-to-pmtu}. */
        public static final int CLAMP_TO_PMTU = -1;

        /** What iptables takes at most: 65535 without an IPv4 header. */
        public static final int MOST = 65515;

        private static final int MSS_OPTION_BYTES = 4;

        public TcpMss {
            Check.argument(mss >= CLAMP_TO_PMTU && mss <= MOST, "mss", mss, "0 to " + MOST);
        }

        @Override
        public Action apply(PacketContext context) {
            PacketBuffer packet = context.packet();
            if (context.fragmentOffsetBytes() != 0) {
                return Action.CONTINUE;
            }
            int at = packet.transportOffset;
            ByteBuffer data = packet.data();
            int headerBytes = context.hasTransportBytes(Tcp.HEADER_BYTES) ? Tcp.headerBytes(data, at) : 0;
            if (headerBytes < Tcp.HEADER_BYTES || !context.hasTransportBytes(headerBytes)) {
                return Action.DROP;
            }
            int most = mss;
            if (mss == CLAMP_TO_PMTU) {
                boolean v4 = packet.ipVersion == Family.IPV4.ipVersion();
                most = context.pathMtuBytes() - (v4 ? Ipv4.HEADER_BYTES : Ipv6.HEADER_BYTES) - Tcp.HEADER_BYTES;
                if (most <= 0) {
                    return Action.DROP;
                }
            }
            lower(packet, at + Tcp.HEADER_BYTES, at + headerBytes, most);
            return Action.CONTINUE;
        }

        private static void lower(PacketBuffer packet, int from, int end, int most) {
            int option = TcpOptionScan.find(packet.data(), from, end, TcpOptions.KIND_MSS);
            if (option >= 0
                    && end - option >= MSS_OPTION_BYTES
                    && packet.data().get(option + 1) == MSS_OPTION_BYTES
                    && (packet.data().getShort(option + 2) & 0xffff) > most) {
                PacketRewriter.setTcpWord(packet, option + 2, most);
            }
        }

        @Override
        public int requiredProtocol() {
            return IpProtocol.TCP;
        }

        @Override
        public Set<Hook> hooks() {
            return mss == CLAMP_TO_PMTU
                    ? EnumSet.of(Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING)
                    : EnumSet.allOf(Hook.class);
        }
    }
}
