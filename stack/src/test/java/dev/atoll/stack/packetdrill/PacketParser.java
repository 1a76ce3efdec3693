package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.packetdrill.PacketSpec.Icmp;
import dev.atoll.stack.packetdrill.PacketSpec.IpSpec;
import dev.atoll.stack.packetdrill.PacketSpec.Ports;
import dev.atoll.stack.packetdrill.PacketSpec.Quote;
import dev.atoll.stack.packetdrill.PacketSpec.Tcp;
import dev.atoll.stack.packetdrill.PacketSpec.Udp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads packets: direction, IP fields, then TCP, UDP or ICMP. */
final class PacketParser {
    private static final long U32 = 0xffff_ffffL;
    /** IANA's number of the option. */
    private static final int KIND_MD5 = 19;

    private static final int U16 = 0xffff;
    private static final Map<String, Integer> ECN = Map.of("noecn", 0, "ect1", 1, "ect0", 2, "ce", 3);
    private static final Set<String> NOT_BUILT = Set.of("ipv4", "ipv6", "gre", "GREv0", "mpls", "encap", "flowlabel");

    /** A sequence range {@code from:to(bytes)}. */
    private record Range(int from, int bytes) {}

    private final TokenStream tokens;

    PacketParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    PacketSpec packet() throws ScriptException {
        boolean outbound = tokens.accept('>');
        if (!outbound) {
            tokens.expect('<');
        }
        refuseWhatIsNotBuilt();
        IpSpec ip = ip(outbound);
        refuseWhatIsNotBuilt();
        if (tokens.accept("icmp")) {
            return new PacketSpec(outbound, ip, icmp());
        }
        if (tokens.accept("udp")) {
            Ports ports = ports();
            tokens.expect('(');
            int bytes = (int) tokens.number("UDP payload size", 0, U16);
            tokens.expect(')');
            return new PacketSpec(outbound, ip, new Udp(ports, bytes));
        }
        return new PacketSpec(outbound, ip, tcp(outbound));
    }

    private void refuseWhatIsNotBuilt() throws ScriptException {
        Token token = tokens.peek();
        if (token.kind() == Token.Kind.WORD && NOT_BUILT.contains(token.text())) {
            throw ScriptException.unsupported(token.line(), "packets with " + token.text());
        }
    }

    private IpSpec ip(boolean outbound) throws ScriptException {
        char end;
        if (tokens.accept('(')) {
            end = ')';
        } else if (tokens.accept('[')) {
            end = ']';
        } else {
            return IpSpec.NONE;
        }
        refuseWhatIsNotBuilt();
        IpSpec ip;
        Token word = tokens.expect(Token.Kind.WORD, "an ECN codepoint, tos or ttl");
        Integer ecn = ECN.get(word.text());
        if (ecn != null) {
            ip = new IpSpec(IpSpec.Tos.ECN, ecn, PacketSpec.UNSPECIFIED);
        } else if (word.text().equals("ect01")) {
            if (!outbound) {
                throw ScriptException.wrong(word.line(), "[ect01] is only for outbound packets");
            }
            ip = new IpSpec(IpSpec.Tos.ECN_CAPABLE, 0, PacketSpec.UNSPECIFIED);
        } else if (word.text().equals("tos")) {
            ip = new IpSpec(IpSpec.Tos.WHOLE, (int) tokens.number("tos", 0, 0xff), PacketSpec.UNSPECIFIED);
        } else if (word.text().equals("ttl")) {
            ip = new IpSpec(IpSpec.Tos.UNCHECKED, 0, (int) tokens.number("ttl", 0, 0xff));
        } else {
            throw ScriptException.wrong(word.line(), "expected an ECN codepoint, tos or ttl, found " + word);
        }
        tokens.expect(end);
        return ip;
    }

    private Ports ports() throws ScriptException {
        if (!tokens.at(Token.Kind.INTEGER) || !tokens.peekSecond().is('>')) {
            return Ports.NONE;
        }
        int source = (int) tokens.number("source port", 0, U16);
        tokens.expect('>');
        return new Ports(source, (int) tokens.number("destination port", 0, U16));
    }

    private Tcp tcp(boolean outbound) throws ScriptException {
        Ports ports = ports();
        int flags = flags();
        Range range = range();
        int ack = tokens.accept("ack") ? (int) tokens.number("ack", 0, U32) : 0;
        int window = tokens.accept("win") ? (int) tokens.number("window", 0, U16) : PacketSpec.UNSPECIFIED;
        int urgent = tokens.accept("urg") ? (int) tokens.number("urgent pointer", 0, U16) : 0;
        int line = tokens.peek().line();
        List<TcpOption> options = tokens.accept('<') ? options() : List.of();
        if (options == null && !outbound) {
            throw ScriptException.wrong(line, "<...> is only for outbound packets");
        }
        return new Tcp(ports, flags, range.from, range.bytes, ack, window, urgent, options);
    }

    private int flags() throws ScriptException {
        Token token = tokens.peek();
        if (tokens.accept('-')) {
            return 0;
        }
        String letters = "";
        if (token.kind() == Token.Kind.WORD) {
            letters = tokens.take().text();
        }
        if (tokens.accept('.')) {
            letters += ".";
        }
        if (letters.isEmpty()) {
            if (token.kind() == Token.Kind.FLOAT) {
                throw ScriptException.unsupported(token.line(), "accurate ECN");
            }
            throw tokens.wrong("TCP flags");
        }
        try {
            return TcpSegment.parseFlags(letters);
        } catch (IllegalArgumentException e) {
            throw ScriptException.wrong(token.line(), "expected TCP flags, found " + token);
        }
    }

    private Range range() throws ScriptException {
        if (tokens.at(Token.Kind.FLOAT)) {
            throw ScriptException.unsupported(tokens.peek().line(), "accurate ECN");
        }
        int line = tokens.peek().line();
        long from = tokens.number("start sequence number", 0, U32);
        tokens.expect(':');
        long to = tokens.number("end sequence number", 0, U32);
        tokens.expect('(');
        int bytes = (int) tokens.number("payload size", 0, U16);
        tokens.expect(')');
        if ((from + bytes & U32) != to) {
            throw ScriptException.wrong(
                    line, "sequence numbers " + from + ":" + to + " and payload size " + bytes + " do not fit");
        }
        return new Range((int) from, bytes);
    }

    /** After the opening bracket; null if the options do not matter. */
    private @Nullable List<TcpOption> options() throws ScriptException {
        if (tokens.accept(Token.Kind.ELLIPSIS)) {
            tokens.expect('>');
            return null;
        }
        List<TcpOption> options = new ArrayList<>();
        do {
            options.add(option());
        } while (tokens.accept(','));
        tokens.expect('>');
        return options;
    }

    private TcpOption option() throws ScriptException {
        Token word = tokens.expect(Token.Kind.WORD, "a TCP option");
        return switch (word.text()) {
            case "nop" -> new TcpOption.Nop();
            case "eol" -> new TcpOption.Eol();
            case "mss" -> new TcpOption.Mss((int) tokens.number("mss", 0, U16));
            case "wscale" -> new TcpOption.WindowScale((int) tokens.number("window scale", 0, 0xff));
            case "sackOK" -> new TcpOption.SackPermitted();
            case "sack" -> sack();
            case "TS" -> timestamps();
            case "md5" ->
                new TcpOption.Unknown(
                        KIND_MD5,
                        Bytes.hex(tokens.expect(Token.Kind.WORD, "a digest").text()));
            case "FO", "FOEXP", "ECN" -> throw ScriptException.unsupported(word.line(), "TCP option " + word.text());
            default -> throw ScriptException.wrong(word.line(), "expected a TCP option, found " + word);
        };
    }

    private TcpOption sack() throws ScriptException {
        List<TcpOption.Block> blocks = new ArrayList<>();
        do {
            int left = (int) tokens.number("left edge", 0, U32);
            tokens.expect(':');
            blocks.add(new TcpOption.Block(left, (int) tokens.number("right edge", 0, U32)));
        } while (tokens.at(Token.Kind.INTEGER));
        return new TcpOption.Sack(blocks);
    }

    private TcpOption timestamps() throws ScriptException {
        if (!tokens.accept("val")) {
            throw tokens.wrong("val");
        }
        int value = (int) tokens.number("timestamp", 0, U32);
        if (!tokens.accept("ecr")) {
            throw tokens.wrong("ecr");
        }
        return new TcpOption.Timestamps(value, (int) tokens.number("echoed timestamp", 0, U32));
    }

    private Icmp icmp() throws ScriptException {
        Token word = tokens.expect(Token.Kind.WORD, "an ICMP type");
        Integer type = IcmpNames.type(word.text());
        if (type == null) {
            throw ScriptException.wrong(word.line(), "expected an ICMP type, found " + word);
        }
        int code = 0;
        if (type == IcmpMessage.UNREACHABLE && tokens.at(Token.Kind.WORD)) {
            code = IcmpNames.unreachableCode(tokens.peek().text());
            if (code < 0) {
                throw tokens.wrong("an ICMP code");
            }
            tokens.take();
        }
        int mtu = tokens.accept("mtu") ? (int) tokens.number("mtu", 0, U16) : PacketSpec.UNSPECIFIED;
        int id = tokens.accept("id") ? (int) tokens.number("id", 0, U16) : 0;
        Quote quote = tokens.accept('[') ? quote() : null;
        return new Icmp(type, code, mtu, id, quote);
    }

    private Quote quote() throws ScriptException {
        Quote quote;
        if (tokens.accept("udp")) {
            tokens.expect('(');
            quote = new Quote(true, 0, (int) tokens.number("UDP payload size", 0, U16));
            tokens.expect(')');
        } else if (tokens.peek().isWord("raw")) {
            throw ScriptException.unsupported(tokens.peek().line(), "raw packets in ICMP errors");
        } else {
            Range range = range();
            quote = new Quote(false, range.from, range.bytes);
        }
        tokens.expect(']');
        return quote;
    }
}
