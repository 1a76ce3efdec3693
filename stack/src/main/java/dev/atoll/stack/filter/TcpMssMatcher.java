package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m tcpmss [!] --mss}: the maximum segment size that a segment announces. One that announces none matches if this is
 * negated; a later fragment never does, and a truncated header is dropped.
 *
 * @param first 0 to 65535, as is {@code last}
 */
public record TcpMssMatcher(int first, int last, boolean negated) implements StandardMatcher {
    private static final int MOST = 0xffff;
    private static final int OPTION_BYTES = 4;

    public TcpMssMatcher {
        Check.argument(first >= 0 && first <= MOST, "first", first, "0 to " + MOST);
        Check.argument(last >= first && last <= MOST, "last", last, "not below " + first + ", to " + MOST);
    }

    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffsetBytes() != 0) {
            return Result.NO;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        int headerBytes = context.hasTransportBytes(Tcp.HEADER_BYTES) ? Tcp.headerBytes(packet.data(), at) : 0;
        if (headerBytes < Tcp.HEADER_BYTES || !context.hasTransportBytes(headerBytes)) {
            return Result.HOTDROP;
        }
        int end = at + headerBytes;
        int option = TcpOptionScan.find(packet.data(), at + Tcp.HEADER_BYTES, end, TcpOptions.KIND_MSS);
        boolean announced =
                option >= 0 && end - option >= OPTION_BYTES && packet.data().get(option + 1) == OPTION_BYTES;
        int mss = announced ? packet.data().getShort(option + 2) & MOST : -1;
        return Matcher.of((mss >= first && mss <= last) != negated);
    }

    @Override
    public int requiredProtocol() {
        return IpProtocol.TCP;
    }

    static TcpMssMatcher archived(Archive archive, @Nullable TcpMssMatcher value) {
        int first = archive.int32(value == null ? 0 : value.first());
        int last = archive.int32(value == null ? 0 : value.last());
        return new TcpMssMatcher(first, last, archive.bool(value != null && value.negated()));
    }
}
