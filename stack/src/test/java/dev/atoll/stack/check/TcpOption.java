package dev.atoll.stack.check;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A TCP option (RFC 9293 section 3.2, RFC 7323, RFC 2018); {@code toString} gives packetdrill's form. */
public sealed interface TcpOption {
    /** End of the list. */
    record Eol() implements TcpOption {
        @Override
        public String toString() {
            return "eol";
        }
    }

    /** Padding. */
    record Nop() implements TcpOption {
        @Override
        public String toString() {
            return "nop";
        }
    }

    /** The largest segment the sender takes, bytes of payload. */
    record Mss(int bytes) implements TcpOption {
        @Override
        public String toString() {
            return "mss " + bytes;
        }
    }

    /** How far the sender's later window fields are shifted. */
    record WindowScale(int shift) implements TcpOption {
        @Override
        public String toString() {
            return "wscale " + shift;
        }
    }

    /** The sender understands selective acknowledgements. */
    record SackPermitted() implements TcpOption {
        @Override
        public String toString() {
            return "sackOK";
        }
    }

    /** Sequence numbers from {@code left} up to {@code right}. */
    record Block(int left, int right) {
        @Override
        public String toString() {
            return Integer.toUnsignedString(left) + ":" + Integer.toUnsignedString(right);
        }
    }

    /** What arrived out of order. */
    record Sack(List<Block> blocks) implements TcpOption {
        public Sack {
            blocks = List.copyOf(blocks);
        }

        @Override
        public String toString() {
            return "sack " + blocks.stream().map(Block::toString).collect(Collectors.joining(" "));
        }
    }

    /** Timestamp and echo. */
    record Timestamps(int value, int echo) implements TcpOption {
        @Override
        public String toString() {
            return "TS val " + Integer.toUnsignedString(value) + " ecr " + Integer.toUnsignedString(echo);
        }
    }

    /** Anything else. */
    record Unknown(int kind, Bytes body) implements TcpOption {
        @Override
        public String toString() {
            return "kind " + kind + " (" + body + ")";
        }
    }

    /** Reads the option part of a header; refuses lengths that do not fit. */
    static List<TcpOption> decode(Bytes bytes) {
        List<TcpOption> options = new ArrayList<>();
        int at = 0;
        while (at < bytes.length()) {
            int kind = bytes.u8(at);
            if (kind == 0) {
                options.add(new Eol());
                return options;
            }
            if (kind == 1) {
                options.add(new Nop());
                at++;
                continue;
            }
            BadFrameException.require(at + 1 < bytes.length(), "TCP option %d without a length", kind);
            int length = bytes.u8(at + 1);
            BadFrameException.require(
                    length >= 2 && at + length <= bytes.length(), "TCP option %d of length %d", kind, length);
            options.add(decodeOne(kind, bytes.slice(at + 2, at + length)));
            at += length;
        }
        return options;
    }

    private static TcpOption decodeOne(int kind, Bytes body) {
        int expected =
                switch (kind) {
                    case 2 -> 2;
                    case 3 -> 1;
                    case 4 -> 0;
                    case 8 -> 8;
                    default -> body.length();
                };
        BadFrameException.require(body.length() == expected, "TCP option %d with %d bytes", kind, body.length());
        return switch (kind) {
            case 2 -> new Mss(body.u16(0));
            case 3 -> new WindowScale(body.u8(0));
            case 4 -> new SackPermitted();
            case 5 -> new Sack(decodeBlocks(body));
            case 8 -> new Timestamps(body.i32(0), body.i32(4));
            default -> new Unknown(kind, body);
        };
    }

    private static List<Block> decodeBlocks(Bytes body) {
        BadFrameException.require(body.length() % 8 == 0, "TCP SACK option with %d bytes", body.length());
        List<Block> blocks = new ArrayList<>();
        for (int at = 0; at < body.length(); at += 8) {
            blocks.add(new Block(body.i32(at), body.i32(at + 4)));
        }
        return blocks;
    }

    /** The option part of a header, padded with end-of-list to a multiple of 4 bytes. */
    static Bytes encode(List<TcpOption> options) {
        BytesOut out = new BytesOut();
        for (TcpOption option : options) {
            encodeOne(option, out);
        }
        while (out.length() % 4 != 0) {
            out.u8(0);
        }
        return out.toBytes();
    }

    private static void encodeOne(TcpOption option, BytesOut out) {
        if (option instanceof Eol) {
            out.u8(0);
        } else if (option instanceof Nop) {
            out.u8(1);
        } else if (option instanceof Mss mss) {
            out.u8(2).u8(4).u16(mss.bytes());
        } else if (option instanceof WindowScale scale) {
            out.u8(3).u8(3).u8(scale.shift());
        } else if (option instanceof SackPermitted) {
            out.u8(4).u8(2);
        } else if (option instanceof Sack sack) {
            out.u8(5).u8(2 + 8 * sack.blocks().size());
            sack.blocks().forEach(block -> out.i32(block.left()).i32(block.right()));
        } else if (option instanceof Timestamps stamps) {
            out.u8(8).u8(10).i32(stamps.value()).i32(stamps.echo());
        } else if (option instanceof Unknown unknown) {
            out.u8(unknown.kind()).u8(2 + unknown.body().length()).bytes(unknown.body());
        } else {
            throw new AssertionError("no encoding for " + option);
        }
    }
}
