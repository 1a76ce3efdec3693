package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.U32Matcher;
import dev.atoll.stack.filter.U32Matcher.Comparison;
import dev.atoll.stack.filter.U32Matcher.Operator;
import dev.atoll.stack.filter.U32Matcher.Step;
import dev.atoll.stack.filter.U32Matcher.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m u32}: {@code START [OPERATOR NUMBER]... = VALUE[:VALUE],... && ...}. */
final class U32Syntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("u32", 1, true));
    private static final long MOST_NUMBER = 0xffff_ffffL;

    U32Syntax() {
        super("u32", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("u32");
        if (use == null) {
            line.error(at, "-m u32 needs --u32");
            return null;
        }
        List<Comparison> comparisons = new Reader(use.argument(), line).comparisons();
        return comparisons == null ? null : new U32Matcher(comparisons, use.negated());
    }

    /** Reads one expression from left to right. */
    private static final class Reader {
        private final Word word;
        private final String text;
        private final Line line;
        private int at;

        Reader(Word word, Line line) {
            this.word = word;
            this.line = line;
            text = word.text();
        }

        /** Null if something is wrong, which was reported. */
        @Nullable List<Comparison> comparisons() {
            List<Comparison> comparisons = new ArrayList<>();
            do {
                Comparison comparison = comparison();
                if (comparison == null) {
                    return null;
                }
                comparisons.add(comparison);
            } while (takes("&&"));
            skipBlanks();
            if (at < text.length()) {
                refuse("expected && or the end here");
                return null;
            }
            if (comparisons.size() > U32Matcher.MOST) {
                refuse("there are " + comparisons.size() + " comparisons, at most " + U32Matcher.MOST + " fit");
                return null;
            }
            return comparisons;
        }

        private @Nullable Comparison comparison() {
            long start = number();
            List<Step> steps = new ArrayList<>();
            while (start >= 0 && !takes("=")) {
                Step step = step();
                if (step == null) {
                    return null;
                }
                steps.add(step);
            }
            List<Values> values = start < 0 ? null : values();
            if (values == null) {
                return null;
            }
            if (steps.size() >= U32Matcher.MOST || values.size() > U32Matcher.MOST) {
                refuse("a comparison has less than " + U32Matcher.MOST + " operators, and at most as many values");
                return null;
            }
            return new Comparison((int) start, steps, values);
        }

        private @Nullable Step step() {
            for (Operator operator : Operator.values()) {
                if (takes(operator.text())) {
                    int from = at;
                    long number = number();
                    boolean shift = operator == Operator.LEFT || operator == Operator.RIGHT;
                    if (shift && number >= Integer.SIZE) {
                        at = from;
                        refuse("a shift of 32 bits and more leaves nothing");
                        return null;
                    }
                    return number < 0 ? null : new Step(operator, (int) number);
                }
            }
            refuse("expected &, <<, >>, @ or = here");
            return null;
        }

        private @Nullable List<Values> values() {
            List<Values> values = new ArrayList<>();
            do {
                long first = number();
                long last = first >= 0 && takes(":") ? number() : first;
                if (first < 0 || last < 0) {
                    return null;
                }
                if (last < first) {
                    refuse("the range in front of this begins behind its end");
                    return null;
                }
                values.add(new Values((int) first, (int) last));
            } while (takes(","));
            return values;
        }

        /** -1 if there is none, which was reported. */
        private long number() {
            skipBlanks();
            int from = at;
            while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
                at++;
            }
            long number = Numbers.parse(text.substring(from, at), MOST_NUMBER);
            if (number < 0) {
                at = from;
                refuse("expected a number here, 0 to 0xffffffff");
            }
            return number;
        }

        private boolean takes(String sign) {
            skipBlanks();
            // One ampersand is not the half of two.
            if (!text.startsWith(sign, at) || (sign.equals("&") && text.startsWith("&&", at))) {
                return false;
            }
            at += sign.length();
            return true;
        }

        private void skipBlanks() {
            while (at < text.length() && Line.isBlank(text.charAt(at))) {
                at++;
            }
        }

        private void refuse(String message) {
            line.error(at < text.length() ? word.place(at, at + 1) : word, message);
        }
    }

    static void print(U32Matcher matcher, RuleText out) {
        StringBuilder text = new StringBuilder();
        for (Comparison comparison : matcher.comparisons()) {
            text.append(text.isEmpty() ? "" : "&&").append(hex(comparison.start()));
            for (Step step : comparison.steps()) {
                text.append(step.operator().text()).append(hex(step.number()));
            }
            text.append('=');
            String comma = "";
            for (Values values : comparison.values()) {
                text.append(comma).append(hex(values.first()));
                if (values.first() != values.last()) {
                    text.append(':').append(hex(values.last()));
                }
                comma = ",";
            }
        }
        out.match("u32").option(matcher.negated(), "u32").inQuotes(text.toString());
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
