package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m u32 [!] --u32}: values computed from 4 bytes at some place of the packet, as Linux's xt_u32.c computes them. A place
 * outside the packet makes the whole expression false.
 *
 * @param comparisons 1 to {@link #MOST}, all of which have to hold
 */
public record U32Matcher(List<Comparison> comparisons, boolean negated) implements StandardMatcher {
    /** Of comparisons, of a test's steps with its start, and of its ranges there are at most so many. */
    public static final int MOST = 10;

    /** What is done with the value so far. */
    public enum Operator {
        AND("&"),
        LEFT("<<"),
        RIGHT(">>"),
        /** It is a distance to go on by; 4 bytes are read anew behind it. */
        AT("@");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        /** As it is written. */
        public String text() {
            return text;
        }
    }

    /**
     * One step of a computation.
     *
     * @param number of 32 bits; less than 32 for a shift
     */
    public record Step(Operator operator, int number) {
        public Step {
            boolean shift = operator == Operator.LEFT || operator == Operator.RIGHT;
            Check.argument(!shift || (number >= 0 && number < Integer.SIZE), "number", number, "0 to 31");
        }
    }

    /** Values without sign from the first to the last, which is not below it. */
    public record Values(int first, int last) {
        public Values {
            Check.argument(
                    Integer.compareUnsigned(first, last) <= 0,
                    "last",
                    Integer.toUnsignedString(last),
                    "not below " + Integer.toUnsignedString(first));
        }

        boolean contains(int value) {
            return Integer.compareUnsigned(first, value) <= 0 && Integer.compareUnsigned(value, last) <= 0;
        }
    }

    /**
     * One value and which of its values hold.
     *
     * @param start where 4 bytes are read first, counted from the IP header
     */
    public record Comparison(int start, List<Step> steps, List<Values> values) {
        public Comparison {
            steps = List.copyOf(steps);
            values = List.copyOf(values);
            Check.argument(steps.size() < MOST, "steps", steps.size(), "less than " + MOST);
            Check.argument(
                    !values.isEmpty() && values.size() <= MOST, "values", values.size(), "1 to " + MOST + " ranges");
        }
    }

    private static final Archive.Codec<Step> STEP = new Archive.Codec<>() {
        @Override
        public Step archive(Archive archive, @Nullable Step value) {
            Operator operator = archive.constant(value == null ? Operator.AND : value.operator());
            return new Step(operator, archive.int32(value == null ? 0 : value.number()));
        }
    };

    private static final Archive.Codec<Values> VALUES = new Archive.Codec<>() {
        @Override
        public Values archive(Archive archive, @Nullable Values value) {
            int first = archive.int32(value == null ? 0 : value.first());
            return new Values(first, archive.int32(value == null ? 0 : value.last()));
        }
    };

    private static final Archive.Codec<Comparison> COMPARISON = new Archive.Codec<>() {
        @Override
        public Comparison archive(Archive archive, @Nullable Comparison value) {
            int start = archive.int32(value == null ? 0 : value.start());
            List<Step> steps = value == null ? new ArrayList<>() : new ArrayList<>(value.steps());
            archive.list(steps, MOST, STEP);
            List<Values> values = value == null ? new ArrayList<>() : new ArrayList<>(value.values());
            archive.list(values, MOST, VALUES);
            return new Comparison(start, steps, values);
        }
    };

    public U32Matcher {
        comparisons = List.copyOf(comparisons);
        Check.argument(
                !comparisons.isEmpty() && comparisons.size() <= MOST,
                "comparisons",
                comparisons.size(),
                "1 to " + MOST);
    }

    @Override
    public Result match(PacketContext context) {
        boolean all = true;
        for (int i = 0; i < comparisons.size() && all; i++) {
            all = holds(comparisons.get(i), context);
        }
        return Matcher.of(all != negated);
    }

    private static boolean holds(Comparison comparison, PacketContext context) {
        PacketBuffer packet = context.packet();
        long length = context.lengthBytes();
        long base = 0;
        long at = Integer.toUnsignedLong(comparison.start());
        if (at + Integer.BYTES > length) {
            return false;
        }
        int value = read(packet, (int) at);
        for (int i = 0; i < comparison.steps().size(); i++) {
            Step step = comparison.steps().get(i);
            switch (step.operator()) {
                case AND:
                    value &= step.number();
                    break;
                case LEFT:
                    value <<= step.number();
                    break;
                case RIGHT:
                    value >>>= step.number();
                    break;
                case AT:
                    base += Integer.toUnsignedLong(value);
                    at = base + Integer.toUnsignedLong(step.number());
                    if (at + Integer.BYTES > length) {
                        return false;
                    }
                    value = read(packet, (int) at);
                    break;
            }
        }
        for (int i = 0; i < comparison.values().size(); i++) {
            if (comparison.values().get(i).contains(value)) {
                return true;
            }
        }
        return false;
    }

    private static int read(PacketBuffer packet, int offset) {
        int linear = packet.end() - packet.networkOffset;
        if (offset + Integer.BYTES <= linear) {
            return packet.data().getInt(packet.networkOffset + offset);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << 8 | octet(packet, offset + i) & 0xff;
        }
        return value;
    }

    /** One byte of what lies in several pieces. */
    private static byte octet(PacketBuffer packet, int offset) {
        int left = offset - (packet.end() - packet.networkOffset);
        if (left < 0) {
            return packet.data().get(packet.networkOffset + offset);
        }
        for (int i = 0; i < packet.fragmentCount(); i++) {
            ByteBuffer fragment = packet.fragment(i);
            if (left < fragment.remaining()) {
                return fragment.get(fragment.position() + left);
            }
            left -= fragment.remaining();
        }
        int headerBytes =
                packet.transportOffset - packet.networkOffset + Tcp.headerBytes(packet.data(), packet.transportOffset);
        PacketBuffer next = packet.joined;
        while (next != null && left >= next.linearLength() - headerBytes) {
            left -= next.linearLength() - headerBytes;
            next = next.joined;
        }
        PacketBuffer piece = Objects.requireNonNull(next, "a place inside the packet is in one of its pieces");
        return piece.data().get(piece.start() + headerBytes + left);
    }

    static U32Matcher archived(Archive archive, @Nullable U32Matcher value) {
        List<Comparison> comparisons = value == null ? new ArrayList<>() : new ArrayList<>(value.comparisons());
        archive.list(comparisons, MOST, COMPARISON);
        return new U32Matcher(comparisons, archive.bool(value != null && value.negated()));
    }
}
