package dev.atoll.launcher.policy.space;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Values of one variable: ranges, ends included, ascending and apart.
 *
 * @param most the variable's greatest value
 */
record ValueSet(List<Range> ranges, BigInteger most) {
    /** Values from the first to the last. */
    record Range(BigInteger first, BigInteger last) {}

    boolean isAll() {
        return ranges.size() == 1
                && ranges.get(0).first().signum() == 0
                && ranges.get(0).last().equals(most);
    }

    boolean contains(BigInteger value) {
        for (Range range : ranges) {
            if (range.first().compareTo(value) <= 0 && value.compareTo(range.last()) <= 0) {
                return true;
            }
        }
        return false;
    }

    boolean isOnly(long value) {
        return ranges.size() == 1
                && ranges.get(0).first().equals(ranges.get(0).last())
                && ranges.get(0).first().equals(BigInteger.valueOf(value));
    }

    /** All values that are not in this. */
    ValueSet others() {
        List<Range> others = new ArrayList<>();
        BigInteger next = BigInteger.ZERO;
        for (Range range : ranges) {
            if (next.compareTo(range.first()) < 0) {
                others.add(new Range(next, range.first().subtract(BigInteger.ONE)));
            }
            next = range.last().add(BigInteger.ONE);
        }
        if (next.compareTo(most) <= 0) {
            others.add(new Range(next, most));
        }
        return new ValueSet(others, most);
    }

    /** The ranges between commas, or those that are missing if that is shorter. */
    String text(String butText, Function<Range, String> rangeText) {
        ValueSet others = others();
        if (others.ranges().size() < ranges.size()) {
            return butText + others.text(rangeText);
        }
        return text(rangeText);
    }

    private String text(Function<Range, String> rangeText) {
        List<String> texts = new ArrayList<>();
        ranges.forEach(range -> texts.add(rangeText.apply(range)));
        return String.join(",", texts);
    }
}
