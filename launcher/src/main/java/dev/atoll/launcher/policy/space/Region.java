package dev.atoll.launcher.policy.space;

import dev.atoll.launcher.policy.MatcherText;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Packets of which a function says the same, as a box: for each variable that matters the values it may have. */
public final class Region {
    /** A range is shown as prefixes if it is no more than so many. */
    private static final int MAX_PREFIXES = 4;

    private final Space space;
    private final Map<Integer, ValueSet> sets;
    private final Object value;

    private Region(Space space, Map<Integer, ValueSet> sets, Object value) {
        this.space = space;
        this.sets = new TreeMap<>(sets);
        this.value = value;
    }

    /** What is said of these packets. */
    public Object value() {
        return value;
    }

    /** Whether a packet is one of these. */
    boolean contains(Diagram.Point packet) {
        for (Map.Entry<Integer, ValueSet> set : sets.entrySet()) {
            if (!set.getValue().contains(packet.value(set.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** The boxes of a function, apart from those with one value. */
    public static List<Region> of(Space space, Diagram diagram, Object except) {
        List<Region> regions = new ArrayList<>();
        collect(space, diagram, except, new TreeMap<>(), regions);
        return regions;
    }

    private static void collect(
            Space space, Diagram at, Object except, Map<Integer, ValueSet> path, List<Region> regions) {
        if (at.isLeaf()) {
            if (!at.value().equals(except)) {
                regions.add(new Region(space, path, at.value()));
            }
            return;
        }
        Map<Diagram, List<ValueSet.Range>> edges = new LinkedHashMap<>();
        BigInteger first = BigInteger.ZERO;
        for (int i = 0; i < at.children.size(); i++) {
            BigInteger last = at.lasts.get(i);
            edges.computeIfAbsent(at.children.get(i), unused -> new ArrayList<>())
                    .add(new ValueSet.Range(first, last));
            first = last.add(BigInteger.ONE);
        }
        edges.forEach((child, ranges) -> {
            path.put(at.variable, new ValueSet(ranges, space.most(at.variable)));
            collect(space, child, except, path, regions);
            path.remove(at.variable);
        });
    }

    /** Each thing that matters and its values, under names for scripts. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "protocol", text(Space.PROTOCOL));
        put(fields, "destination", text(Space.DESTINATION));
        put(fields, isIcmp() ? "icmpType" : "destinationPort", text(Space.DESTINATION_PORT));
        put(fields, "source", text(Space.SOURCE));
        put(fields, "sourcePort", text(Space.SOURCE_PORT));
        put(fields, "inInterface", text(Space.IN));
        put(fields, "outInterface", text(Space.OUT));
        put(fields, "conditions", conditions());
        return fields;
    }

    private static void put(Map<String, String> fields, String name, @Nullable String text) {
        if (text != null) {
            fields.put(name, text);
        }
    }

    /** {@code tcp to 192.0.2.0/24 port 443}. */
    @Override
    public String toString() {
        String protocol = text(Space.PROTOCOL);
        StringBuilder text = new StringBuilder(protocol == null ? "any protocol" : protocol);
        append(text, " to ", text(Space.DESTINATION));
        append(text, isIcmp() ? " type " : " port ", text(Space.DESTINATION_PORT));
        append(text, " from ", text(Space.SOURCE));
        append(text, " source port ", text(Space.SOURCE_PORT));
        append(text, " in by ", text(Space.IN));
        append(text, " out by ", text(Space.OUT));
        append(text, " if ", conditions());
        return text.toString();
    }

    private static void append(StringBuilder text, String word, @Nullable String values) {
        if (values != null) {
            text.append(word).append(values);
        }
    }

    private boolean isIcmp() {
        ValueSet protocol = sets.get(Space.PROTOCOL);
        return protocol != null && (protocol.isOnly(IpProtocol.ICMP) || protocol.isOnly(IpProtocol.ICMPV6));
    }

    /** The values of a variable; null if they do not matter. */
    private @Nullable String text(int variable) {
        ValueSet set = sets.get(variable);
        if (set == null || set.isAll()) {
            return null;
        }
        return switch (variable) {
            case Space.PROTOCOL -> set.text("any protocol but ", this::protocols);
            case Space.DESTINATION, Space.SOURCE -> set.text("anything but ", this::addresses);
            case Space.IN, Space.OUT -> interfaces(set);
            // Who asks for boxes has chosen the state of their packets.
            case Space.STATE -> null;
            default -> set.text("any but ", isIcmp() ? Region::types : Region::numbers);
        };
    }

    /** Whether there is an interface at all goes without saying. */
    private @Nullable String interfaces(ValueSet set) {
        Interfaces all = space.interfaces();
        List<Integer> meant = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = Interfaces.NO_INTERFACE + 1; i < all.count(); i++) {
            (set.contains(BigInteger.valueOf(i)) ? meant : others).add(i);
        }
        if (meant.isEmpty() || others.isEmpty()) {
            return null;
        }
        return meant.contains(all.count() - 1) ? "any but " + all.text(others) : all.text(meant);
    }

    private String protocols(ValueSet.Range range) {
        int first = range.first().intValue();
        int last = range.last().intValue();
        if (first != last) {
            return first + "-" + last;
        }
        return first == 0
                ? "0"
                : MatcherText.of(new ProtocolMatcher(first, false), Family.IPV4).substring("-p ".length());
    }

    private static String numbers(ValueSet.Range range) {
        return range.first().equals(range.last()) ? range.first().toString() : range.first() + "-" + range.last();
    }

    private static String types(ValueSet.Range range) {
        int first = range.first().intValue();
        int last = range.last().intValue();
        if ((first & 0xff) == 0 && (last & 0xff) == 0xff) {
            return first >> 8 == last >> 8 ? Integer.toString(first >> 8) : (first >> 8) + "-" + (last >> 8);
        }
        String from = (first >> 8) + "/" + (first & 0xff);
        return first == last ? from : from + "-" + (last >> 8) + "/" + (last & 0xff);
    }

    private String addresses(ValueSet.Range range) {
        List<String> prefixes = new ArrayList<>();
        BigInteger first = range.first();
        while (first.compareTo(range.last()) <= 0) {
            int bits =
                    first.signum() == 0 ? space.addressBits() : Math.min(first.getLowestSetBit(), space.addressBits());
            BigInteger end = first.add(BigInteger.ONE.shiftLeft(bits)).subtract(BigInteger.ONE);
            while (end.compareTo(range.last()) > 0) {
                bits--;
                end = first.add(BigInteger.ONE.shiftLeft(bits)).subtract(BigInteger.ONE);
            }
            IpAddress address = space.address(first);
            prefixes.add(bits == 0 ? address.toString() : address + "/" + (space.addressBits() - bits));
            first = end.add(BigInteger.ONE);
            if (prefixes.size() > MAX_PREFIXES) {
                return space.address(range.first()) + "-" + space.address(range.last());
            }
        }
        return String.join(",", prefixes);
    }

    private @Nullable String conditions() {
        List<String> texts = new ArrayList<>();
        sets.forEach((variable, set) -> {
            if (variable >= Space.FIRST_CONDITION) {
                texts.add((set.isOnly(0) ? "not " : "") + "[" + space.conditionText(variable) + "]");
            }
        });
        return texts.isEmpty() ? null : String.join(" and ", texts);
    }
}
