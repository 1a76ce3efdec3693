package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A set whose elements are being read. */
final class IpSetDraft {
    /** What a set was created with. */
    static final class Options {
        /** The default of ipset. */
        private static final long MAX_ELEMENTS = 65_536;

        Family family = Family.IPV4;
        long maxElements = MAX_ELEMENTS;
        /** 0 for none. */
        int netmask;
    }

    private static final List<String> ADD_OPTIONS = List.of("timeout", "packets", "bytes", "comment", "nomatch");
    private static final List<String> UNBUILT_OPTIONS =
            List.of("skbmark", "skbprio", "skbqueue", "before", "after", "-exist", "-!");

    private static final long V4_BITS = 0xffff_ffffL;
    private static final String IS_THERE = "the element is in the set already";

    private final String name;
    private final IpSet.Kind kind;
    private final Family family;
    private final int bits;
    private final int netmask;
    private final long maxElements;
    private final IpSet.Builder builder;
    /** Of a list. */
    private final List<IpSetDraft> members = new ArrayList<>();

    IpSetDraft(String name, IpSet.Kind kind, Options options) {
        this.name = name;
        this.kind = kind;
        family = options.family;
        bits = family == Family.IPV4 ? 32 : 128;
        netmask = options.netmask == 0 ? bits : options.netmask;
        maxElements = Math.min(options.maxElements, IpSet.MAX_ELEMENTS);
        builder = new IpSet.Builder(name, kind, kind == IpSet.Kind.LIST ? null : family);
    }

    /** Puts the set among those that are finished; those of a list are there before. */
    void build(Map<String, IpSet> sets) {
        for (IpSetDraft member : members) {
            IpSet set = sets.get(member.name);
            if (set != null) {
                boolean unused = builder.add(set);
            }
        }
        sets.put(name, builder.build());
    }

    /**
     * Adds what a line says.
     *
     * @param words of the line, of which the third is the element
     * @param drafts sets that a list may have
     */
    void add(List<Word> words, Map<String, IpSetDraft> drafts, Line line) {
        boolean excluded = false;
        for (int i = 3; i < words.size(); i++) {
            Word option = words.get(i);
            boolean flag = option.text().equals("nomatch");
            if (!ADD_OPTIONS.contains(option.text()) || (flag && kind != IpSet.Kind.HASH_NET)) {
                unknownOption(option, line);
                return;
            }
            excluded |= flag;
            if (!flag && i + 1 == words.size()) {
                line.error(line.end(), "expected a value behind " + option.text());
            } else if (!flag) {
                i++;
                optionValue(option, words.get(i), line);
            }
        }
        Word element = words.get(2);
        switch (kind) {
            case HASH_IP -> addresses(element, line);
            case HASH_NET -> networks(element, excluded, line);
            case HASH_IP_PORT -> ports(element, line);
            case LIST -> member(element, drafts, line);
        }
    }

    private void unknownOption(Word option, Line line) {
        if (option.text().equals("nomatch") || UNBUILT_OPTIONS.contains(option.text())) {
            line.error(option, option.text() + " is not supported in a set of type " + kind.text());
            return;
        }
        line.error(
                option,
                "unknown option \"" + option.text() + "\" of an element",
                Suggestion.closest(option.text(), ADD_OPTIONS));
    }

    private static void optionValue(Word option, Word value, Line line) {
        if (option.text().equals("timeout")) {
            IpSetReader.checkTimeout(value, line);
        } else if (!option.text().equals("comment") && Numbers.parse(value.text(), Long.MAX_VALUE >> 4) < 0) {
            line.error(value, "\"" + value.text() + "\" is no number of " + option.text());
        }
    }

    private void member(Word word, Map<String, IpSetDraft> drafts, Line line) {
        IpSetDraft member = drafts.get(word.text());
        if (member == null) {
            line.error(
                    word,
                    "there is no set \"" + word.text() + "\" so far",
                    Suggestion.closest(word.text(), drafts.keySet()));
        } else if (member.kind == IpSet.Kind.LIST) {
            line.error(word, "a list of sets cannot have another list");
        } else if (members.contains(member)) {
            line.error(word, IS_THERE);
        } else {
            members.add(member);
        }
    }

    private void addresses(Word word, Line line) {
        Span span = span(word, line);
        if (span == null) {
            return;
        }
        if (family == Family.IPV6) {
            if (span.prefixLength() != bits) {
                line.error(word, "a set of IPv6 addresses takes one at a time");
            } else {
                addOne(span.first(), netmask, false, word, line);
            }
            return;
        }
        if (span.first().v4Bits() == 0) {
            line.error(word, "0.0.0.0 cannot be in a set");
            return;
        }
        // With a netmask each network once, as ipset does.
        long step = 1L << bits - netmask;
        long last = v4(span.last());
        for (long at = v4(span.first()); at <= last; at = (at & -step) + step) {
            if (!addOne(IpAddress.v4((int) at), netmask, false, word, line)) {
                return;
            }
        }
    }

    private void networks(Word word, boolean excluded, Line line) {
        Span span = span(word, line);
        if (span == null) {
            return;
        }
        if (span.prefixLength() > 0) {
            addOne(span.first(), span.prefixLength(), excluded, word, line);
            return;
        }
        long at = v4(span.first());
        long last = v4(span.last());
        while (at <= last) {
            // The widest network that begins here and does not go beyond the last address.
            long size = at == 0 ? 1L << bits - 1 : Long.lowestOneBit(at);
            while (at + size - 1 > last) {
                size >>= 1;
            }
            int length = bits - Long.numberOfTrailingZeros(size);
            if (!addOne(IpAddress.v4((int) at), length, excluded, word, line)) {
                return;
            }
            at += size;
        }
    }

    private boolean addOne(IpAddress address, int prefixLength, boolean excluded, Word word, Line line) {
        if (isFull(word, line)) {
            return false;
        }
        if (!builder.add(address, prefixLength, excluded)) {
            line.error(word, IS_THERE);
            return false;
        }
        return true;
    }

    private boolean isFull(Word word, Line line) {
        if (builder.size() >= maxElements) {
            line.error(word, "set \"" + name + "\" has more elements than its maxelem, " + maxElements);
            return true;
        }
        return false;
    }

    /** {@code ADDRESSES,[PROTOCOL:]PORT[-PORT]}. */
    private void ports(Word word, Line line) {
        int comma = word.text().indexOf(',');
        if (comma < 0) {
            line.error(word, "expected ADDRESS,PROTOCOL:PORT");
            return;
        }
        Span span = span(word.place(0, comma), line);
        int colon = word.text().indexOf(':', comma);
        Word protocolWord = word.place(comma + 1, colon < 0 ? comma + 1 : colon);
        int protocol = colon < 0 ? Protocols.TCP : Protocols.parse(protocolWord.text());
        if (protocol <= 0) {
            line.error(
                    protocolWord,
                    "unknown protocol \"" + protocolWord.text() + "\", expected tcp, udp or another",
                    Suggestion.closest(protocolWord.text(), Protocols.names()));
            return;
        }
        Word portWord = word.place((colon < 0 ? comma : colon) + 1, word.text().length());
        int[] range = portRange(protocol, portWord, line);
        if (span == null || range == null) {
            return;
        }
        if (family == Family.IPV6 && span.prefixLength() != bits) {
            line.error(word, "a set of IPv6 addresses with ports takes one address at a time");
            return;
        }
        long count = family == Family.IPV4 ? v4(span.last()) - v4(span.first()) + 1 : 1;
        for (long i = 0; i < count; i++) {
            IpAddress address = family == Family.IPV4 ? IpAddress.v4((int) (v4(span.first()) + i)) : span.first();
            for (int port = range[0]; port <= range[1]; port++) {
                if (isFull(word, line)) {
                    return;
                }
                if (!builder.add(address, protocol, port)) {
                    line.error(word, IS_THERE);
                    return;
                }
            }
        }
    }

    /** First and last port, of ICMP type and code; null if it is wrong, which was reported. */
    private int @Nullable [] portRange(int protocol, Word word, Line line) {
        if (protocol == Protocols.ICMP || protocol == Protocols.ICMPV6) {
            if ((protocol == Protocols.ICMP) != (family == Family.IPV4)) {
                line.error(word, Protocols.name(protocol) + " is never in a packet of " + family);
                return null;
            }
            int port = IcmpSyntax.port(word, family, line);
            return port < 0 ? null : new int[] {port, port};
        }
        if (!hasPorts(protocol)) {
            if (!word.text().equals("0")) {
                line.error(word, "protocol " + protocol + " has no ports, expected 0");
                return null;
            }
            return new int[] {0, 0};
        }
        int dash = Services.port(word.text()) == null ? word.text().indexOf('-') : -1;
        int first = Ports.port(dash < 0 ? word : word.place(0, dash), line);
        int last =
                dash < 0 ? first : Ports.port(word.place(dash + 1, word.text().length()), line);
        if (first < 0 || last < 0) {
            return null;
        }
        if (first > last) {
            line.error(word, "the range begins behind its end, expected FIRST-LAST", last + "-" + first);
            return null;
        }
        return new int[] {first, last};
    }

    private static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP
                || protocol == IpProtocol.UDP
                || protocol == IpProtocol.SCTP
                || protocol == IpProtocol.UDP_LITE;
    }

    /**
     * Addresses in a row.
     *
     * @param prefixLength of the network that they are; 0 if they were given by their first and last
     */
    private record Span(IpAddress first, IpAddress last, int prefixLength) {}

    /** {@code ADDRESS}, {@code ADDRESS/LENGTH} or {@code FIRST-LAST}; null if it is none, which was reported. */
    private @Nullable Span span(Word word, Line line) {
        int dash = word.text().indexOf('-');
        int slash = word.text().indexOf('/');
        if (dash < 0) {
            IpAddress address = address(slash < 0 ? word : word.place(0, slash), line);
            int length = slash < 0 ? bits : Ports.number(word.text().substring(slash + 1), bits);
            if (length < 1) {
                line.error(word, "\"" + word.text() + "\" is no network, expected a length from 1 to " + bits);
                return null;
            }
            if (address == null) {
                return null;
            }
            return family == Family.IPV6
                    ? new Span(address, address, length)
                    : new Span(
                            IpAddress.v4((int) (v4(address) & -1L << bits - length)),
                            IpAddress.v4((int) (v4(address) | (1L << bits - length) - 1)),
                            length);
        }
        IpAddress first = address(word.place(0, dash), line);
        IpAddress last = address(word.place(dash + 1, word.text().length()), line);
        if (first == null || last == null) {
            return null;
        }
        if (family == Family.IPV6) {
            line.error(word, "ranges of IPv6 addresses are not taken, expected ADDRESS or ADDRESS/LENGTH");
            return null;
        }
        if (first.compareTo(last) > 0) {
            line.error(word, "the range begins behind its end, expected FIRST-LAST", last + "-" + first);
            return null;
        }
        return new Span(first, last, 0);
    }

    private @Nullable IpAddress address(Word word, Line line) {
        IpAddress address = Addresses.plain(word.text(), family);
        if (address == null) {
            line.error(word, "\"" + word.text() + "\" is no " + family + " address; names are not looked up in sets");
        }
        return address;
    }

    private static long v4(IpAddress address) {
        return address.v4Bits() & V4_BITS;
    }
}
