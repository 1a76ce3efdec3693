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
 * Rules that stand one after the other and each ask for some destination, or source, or ports of one of them: those that may match
 * a packet are found by it, the others need not be asked. It decides nothing by itself, so a rule found is asked in full.
 *
 * <p>A range of ports is kept as the blocks of powers of two that it consists of, 30 at most, as a network is by its mask.
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
        DESTINATION_PORT,
        SOURCE_PORT;

        boolean isPort() {
            return this == DESTINATION_PORT || this == SOURCE_PORT;
        }
    }

    private final Kind kind;
    private final int end;
    private final List<IpAddress> masks = new ArrayList<>();
    /** For each mask the numbers of lists. */
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
        if (kind.isPort()) {
            PortRange ports = ports(kind, matcher);
            return (ports.first() > 0 || ports.last() < PortRange.MAX_PORT) && !ports.negated();
        }
        AddressMatcher.Direction direction =
                kind == Kind.DESTINATION ? AddressMatcher.Direction.DESTINATION : AddressMatcher.Direction.SOURCE;
        return matcher instanceof AddressMatcher address && address.direction() == direction && !address.negated();
    }

    /** The ports of that kind a matcher asks for; every port if it does not. */
    private static PortRange ports(Kind kind, Matcher matcher) {
        if (matcher instanceof TcpMatcher tcp) {
            return kind == Kind.DESTINATION_PORT ? tcp.destination() : tcp.source();
        } else if (matcher instanceof UdpMatcher udp) {
            return kind == Kind.DESTINATION_PORT ? udp.destination() : udp.source();
        }
        return PortRange.ANY;
    }

    private void add(int place, Rule rule) {
        Matcher matcher = asks(kind, rule);
        if (matcher instanceof AddressMatcher address) {
            add(address.mask(), address.address().high(), address.address().low(), place);
        } else if (matcher != null) {
            PortRange ports = ports(kind, matcher);
            int port = ports.first();
            while (port <= ports.last()) {
                int size = port == 0 ? PortRange.MAX_PORT + 1 : Integer.lowestOneBit(port);
                while (port + size - 1 > ports.last()) {
                    size >>= 1;
                }
                add(new IpAddress(0, PortRange.MAX_PORT & -size), 0, port, place);
                port += size;
            }
        }
    }

    private void add(IpAddress mask, long high, long low, int place) {
        int table = masks.indexOf(mask);
        if (table < 0) {
            table = masks.size();
            masks.add(mask);
            tables.add(new AddressTable());
        }
        add(tables.get(table), high, low, place);
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
        if (kind.isPort()) {
            int needed = packet.transportProtocol == IpProtocol.TCP ? Tcp.HEADER_BYTES : Udp.HEADER_BYTES;
            if (packet.transportProtocol != IpProtocol.TCP && packet.transportProtocol != IpProtocol.UDP) {
                return end;
            }
            if (context.fragmentOffsetBytes() != 0 || !context.hasTransportBytes(needed)) {
                // Its rules drop some of these.
                return from;
            }
            // TCP has them where UDP has them.
            int at = packet.transportOffset;
            return firstFrom(
                    from,
                    0,
                    kind == Kind.DESTINATION_PORT
                            ? Udp.destinationPort(packet.data(), at)
                            : Udp.sourcePort(packet.data(), at));
        }
        return kind == Kind.DESTINATION
                ? firstFrom(from, packet.destinationHigh, packet.destinationLow)
                : firstFrom(from, packet.sourceHigh, packet.sourceLow);
    }

    private int firstFrom(int from, long high, long low) {
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
