package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m ecn [!] --ecn-tcp-cwr}, {@code --ecn-tcp-ece} and {@code --ecn-ip-ect}: the bits of explicit congestion
 * notification (RFC 3168).
 *
 * @param codepoint 0 to 3, the two bits of the IP header; or {@link #ANY_CODEPOINT}
 * @param codepointNegated whether all but that one match
 */
public record EcnMatcher(Flag cwr, Flag ece, int codepoint, boolean codepointNegated) implements StandardMatcher {
    /** The IP header is not looked at. */
    public static final int ANY_CODEPOINT = -1;

    private static final int CODEPOINTS = 3;

    /** What a flag of TCP has to be. */
    public enum Flag {
        ANY,
        SET,
        CLEAR;

        boolean fits(int flags, int bit) {
            return this == ANY || ((flags & bit) != 0) == (this == SET);
        }
    }

    public EcnMatcher {
        Check.argument(codepoint >= ANY_CODEPOINT && codepoint <= CODEPOINTS, "codepoint", codepoint, "0 to 3");
        Check.argument(
                codepoint != ANY_CODEPOINT || cwr != Flag.ANY || ece != Flag.ANY,
                "codepoint",
                codepoint,
                "a condition of some kind");
    }

    private boolean looksAtTcp() {
        return cwr != Flag.ANY || ece != Flag.ANY;
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        int octet = packet.ipVersion == Family.IPV4.ipVersion()
                ? Ipv4.tos(packet.data(), packet.networkOffset)
                : Ipv6.trafficClass(packet.data(), packet.networkOffset);
        if (codepoint != ANY_CODEPOINT && (octet & CODEPOINTS) == codepoint == codepointNegated) {
            return Result.NO;
        }
        if (!looksAtTcp()) {
            return Result.YES;
        }
        if (context.fragmentOffsetBytes() != 0) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(Tcp.HEADER_BYTES)) {
            return Result.HOTDROP;
        }
        int flags = Tcp.flags(packet.data(), packet.transportOffset);
        return Matcher.of(cwr.fits(flags, Tcp.CWR) && ece.fits(flags, Tcp.ECE));
    }

    @Override
    public int requiredProtocol() {
        return looksAtTcp() ? IpProtocol.TCP : ANY_PROTOCOL;
    }

    static EcnMatcher archived(Archive archive, @Nullable EcnMatcher value) {
        Flag cwr = archive.constant(value == null ? Flag.ANY : value.cwr());
        Flag ece = archive.constant(value == null ? Flag.ANY : value.ece());
        int codepoint = archive.int32(value == null ? 0 : value.codepoint());
        return new EcnMatcher(cwr, ece, codepoint, archive.bool(value != null && value.codepointNegated()));
    }
}
