package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules that stand one after the other and each ask for some destination, or source, or destination port: those that may match a
 * packet are found by it, the others need not be asked. It decides nothing by itself, so a rule found is asked in full.
 */
final class RuleRun {
    /** Fewer rules are asked as fast. */
    static final int MIN_RULES = 16;

    /** One lookup for each, so no more of them. */
    private static final int MAX_MASKS = 16;

    /** What the rules of a run ask for. */
    private enum Kind {
        DESTINATION,
        SOURCE,
        DESTINATION_PORT
    }

    private final Kind kind;
    private final int end;
    private final List<IpAddress> masks = new ArrayList<>();
    /** For each mask, or for the ports alone, the number of a list. */
    private final List<AddressTable> tables = new ArrayList<>();
    /** The rules that ask for the same, by their places in the chain. */
    private final List<int[]> lists = new ArrayList<>();

    private final List<Integer> lengths = new ArrayList<>();

    private RuleRun(Kind kind, int end) {
        this.kind = kind;
        this.end = end;
    }

    /** The run that each rule of a chain is in; null for none. */
    static @Nullable RuleRun[] find(List<Rule> rules) {
        @Nullable RuleRun[] runs = new RuleRun[rules.size()];
        int from = 0;
        while (from < rules.size()) {
            RuleRun run = null;
            for (Kind kind : Kind.values()) {
                int to = endOf(kind, rules, from);
                if (to - from >= MIN_RULES && (run == null || to > run.end)) {
                    run = new RuleRun(kind, to);
                }
            }
            if (run == null) {
                from++;
                continue;
            }
            for (int i = from; i < run.end; i++) {
                run.add(i, rules.get(i));
                runs[i] = run;
            }
            run.trim();
            from = run.end;
        }
        return runs;
    }

    /** How far the rules from there on all ask for something of that kind. */
    private static int endOf(Kind kind, List<Rule> rules, int from) {
        List<IpAddress> masks = new ArrayList<>();
        int to = from;
        while (to < rules.size()) {
            Matcher asks = asks(kind, rules.get(to));
            if (asks == null) {
                return to;
            }
            if (asks instanceof AddressMatcher address && !masks.contains(address.mask())) {
                if (masks.size() == MAX_MASKS) {
                    return to;
                }
                masks.add(address.mask());
            }
            to++;
        }
        return to;
    }

    /** The matcher by which a rule can be found: what stands before it changes and remembers nothing, and never drops. */
    private static @Nullable Matcher asks(Kind kind, Rule rule) {
        for (Matcher matcher : rule.matchers()) {
            if (asks(kind, matcher)) {
                return matcher;
            }
            if (!(matcher instanceof AddressMatcher
                    || matcher instanceof InterfaceMatcher
                    || matcher instanceof ProtocolMatcher
                    || matcher instanceof ConnStateMatcher
                    || matcher instanceof CommentMatcher)) {
                return null;
            }
        }
        return null;
    }

    private static boolean asks(Kind kind, Matcher matcher) {
        if (kind == Kind.DESTINATION_PORT) {
            return matcher instanceof TcpMatcher tcp
                    ? isOne(tcp.destination())
                    : matcher instanceof UdpMatcher udp && isOne(udp.destination());
        }
        AddressMatcher.Direction direction =
                kind == Kind.DESTINATION ? AddressMatcher.Direction.DESTINATION : AddressMatcher.Direction.SOURCE;
        return matcher instanceof AddressMatcher address && address.direction() == direction && !address.negated();
    }

    private static boolean isOne(PortRange range) {
        return range.first() == range.last() && !range.negated();
    }

    private void add(int place, Rule rule) {
        Matcher matcher = asks(kind, rule);
        if (matcher instanceof AddressMatcher address) {
            int mask = masks.indexOf(address.mask());
            if (mask < 0) {
                mask = masks.size();
                masks.add(address.mask());
                tables.add(new AddressTable());
            }
            add(tables.get(mask), address.address().high(), address.address().low(), place);
        } else {
            if (tables.isEmpty()) {
                tables.add(new AddressTable());
            }
            int port = matcher instanceof TcpMatcher tcp
                    ? tcp.destination().first()
                    : matcher instanceof UdpMatcher udp ? udp.destination().first() : 0;
            add(tables.get(0), 0, port, place);
        }
    }

    private void add(AddressTable table, long high, long low, int place) {
        int list = table.get(high, low);
        if (list == AddressTable.NONE) {
            list = lists.size();
            table.put(high, low, list);
            lists.add(new int[1]);
            lengths.add(0);
        }
        int length = lengths.get(list);
        int[] places = lists.get(list);
        if (length == places.length) {
            places = Arrays.copyOf(places, 2 * length);
            lists.set(list, places);
        }
        places[length] = place;
        lengths.set(list, length + 1);
    }

    private void trim() {
        for (int i = 0; i < lists.size(); i++) {
            lists.set(i, Arrays.copyOf(lists.get(i), lengths.get(i)));
        }
        lengths.clear();
    }

    /** The place behind its last rule. */
    int end() {
        return end;
    }

    /** The first place from that one on whose rule may match the packet; {@link #end} if there is none. */
    int next(int from, PacketContext context) {
        PacketBuffer packet = context.packet();
        if (kind == Kind.DESTINATION_PORT) {
            int needed = packet.transportProtocol == IpProtocol.TCP ? Tcp.HEADER_BYTES : Udp.HEADER_BYTES;
            if (packet.transportProtocol != IpProtocol.TCP && packet.transportProtocol != IpProtocol.UDP) {
                return end;
            }
            if (context.fragmentOffsetBytes() != 0 || !context.hasTransportBytes(needed)) {
                // Its rules drop some of these.
                return from;
            }
            // TCP has it where UDP has it.
            return firstFrom(from, tables.get(0).get(0, Udp.destinationPort(packet.data(), packet.transportOffset)));
        }
        long high = kind == Kind.DESTINATION ? packet.destinationHigh : packet.sourceHigh;
        long low = kind == Kind.DESTINATION ? packet.destinationLow : packet.sourceLow;
        int first = end;
        for (int i = 0; i < masks.size(); i++) {
            IpAddress mask = masks.get(i);
            first = Math.min(first, firstFrom(from, tables.get(i).get(high & mask.high(), low & mask.low())));
        }
        return first;
    }

    private int firstFrom(int from, int list) {
        if (list == AddressTable.NONE) {
            return end;
        }
        int[] places = lists.get(list);
        int found = Arrays.binarySearch(places, from);
        int at = found >= 0 ? found : -found - 1;
        return at == places.length ? end : places[at];
    }
}
