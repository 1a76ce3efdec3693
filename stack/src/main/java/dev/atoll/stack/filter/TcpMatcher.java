package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m tcp}: ports and flags. The first fragment of a packet has the header, a later one never matches; one that
 * begins inside the header (RFC 1858) and a truncated header are dropped.
 *
 * @param flagsMask the flags looked at, as in the header's flags byte; 0 for none
 * @param flagsSet those of them that must be set, the others must not be
 * @param flagsNegated whether all but that combination match
 * @param option kind of an option that has to be there, 1 to 255; or {@link #ANY_OPTION}
 * @param optionNegated whether it must not be there instead
 */
public record TcpMatcher(
        PortRange source,
        PortRange destination,
        int flagsMask,
        int flagsSet,
        boolean flagsNegated,
        int option,
        boolean optionNegated)
        implements StandardMatcher {
    /** Options are not looked at. */
    public static final int ANY_OPTION = 0;

    /** {@code --syn} looks at FIN, SYN, RST and ACK. */
    public static final int SYN_MASK = Tcp.FIN | Tcp.SYN | Tcp.RST | Tcp.ACK;
    /** Offset of a fragment that would overwrite the header behind its first 8 bytes (RFC 1858, 3.1). */
    private static final int SMALLEST_OFFSET_BYTES = 8;

    /** {@code --syn} wants SYN alone. */
    public static final int SYN_SET = Tcp.SYN;

    public TcpMatcher {
        Check.argument(option >= ANY_OPTION && option <= 255, "option", option, "0 to 255");
    }

    /** Of ports and flags, whatever the options. */
    public TcpMatcher(PortRange source, PortRange destination, int flagsMask, int flagsSet, boolean flagsNegated) {
        this(source, destination, flagsMask, flagsSet, flagsNegated, ANY_OPTION, false);
    }

    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffsetBytes() != 0) {
            return context.fragmentOffsetBytes() == SMALLEST_OFFSET_BYTES ? Result.HOTDROP : Result.NO;
        }
        if (!context.hasTransportBytes(Tcp.HEADER_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        int flags = Tcp.flags(packet.data(), at);
        boolean fits = source.contains(Tcp.sourcePort(packet.data(), at))
                && destination.contains(Tcp.destinationPort(packet.data(), at))
                && (flags & flagsMask) == flagsSet != flagsNegated;
        return fits && option != ANY_OPTION ? matchOption(context, packet) : Matcher.of(fits);
    }

    private Result matchOption(PacketContext context, PacketBuffer packet) {
        int at = packet.transportOffset;
        int headerBytes = Tcp.headerBytes(packet.data(), at);
        if (headerBytes < Tcp.HEADER_BYTES || !context.hasTransportBytes(headerBytes)) {
            return Result.HOTDROP;
        }
        int found = TcpOptionScan.find(packet.data(), at + Tcp.HEADER_BYTES, at + headerBytes, option);
        return Matcher.of(found >= 0 != optionNegated);
    }

    @Override
    public int requiredProtocol() {
        return IpProtocol.TCP;
    }

    static TcpMatcher archived(Archive archive, @Nullable TcpMatcher value) {
        PortRange source = PortRange.archived(archive, value == null ? PortRange.ANY : value.source());
        PortRange destination = PortRange.archived(archive, value == null ? PortRange.ANY : value.destination());
        int flagsMask = archive.int32(value == null ? 0 : value.flagsMask());
        int flagsSet = archive.int32(value == null ? 0 : value.flagsSet());
        boolean flagsNegated = archive.bool(value != null && value.flagsNegated());
        int option = archive.int32(value == null ? 0 : value.option());
        boolean optionNegated = archive.bool(value != null && value.optionNegated());
        return new TcpMatcher(source, destination, flagsMask, flagsSet, flagsNegated, option, optionNegated);
    }
}
