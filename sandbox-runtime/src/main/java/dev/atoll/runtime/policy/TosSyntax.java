package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.TosMatcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code -m dscp} and {@code -m tos}: bits of the type of service. */
final class TosSyntax extends MatchSyntax {
    private static final List<OptionSpec> DSCP_OPTIONS =
            List.of(OptionSpec.of("dscp", 1, true), OptionSpec.of("dscp-class", 1, true));
    private static final List<OptionSpec> TOS_OPTIONS = List.of(OptionSpec.of("tos", 1, true));

    private static final int MAX_DSCP = 0x3f;
    /** The bits of a name of {@code --tos}: those of RFC 1349. */
    private static final int NAMED_MASK = 0x3f;

    /** Code points by name: RFC 2474, RFC 2597, RFC 3246, RFC 8622. */
    private static final Map<String, Integer> CLASSES = new LinkedHashMap<>();

    /** Types of service by name (RFC 1349 section 4). */
    private static final Map<String, Integer> NAMES = new LinkedHashMap<>();

    static {
        CLASSES.put("CS0", 0);
        for (int i = 1; i < 8; i++) {
            CLASSES.put("CS" + i, i << 3);
        }
        CLASSES.put("BE", 0);
        for (int group = 1; group <= 4; group++) {
            for (int drop = 1; drop <= 3; drop++) {
                CLASSES.put("AF" + group + drop, group << 3 | drop << 1);
            }
        }
        CLASSES.put("EF", 0x2e);
        NAMES.put("Minimize-Delay", 0x10);
        NAMES.put("Maximize-Throughput", 0x08);
        NAMES.put("Maximize-Reliability", 0x04);
        NAMES.put("Minimize-Cost", 0x02);
        NAMES.put("Normal-Service", 0x00);
    }

    private final TosMatcher.Spelling spelling;

    private TosSyntax(TosMatcher.Spelling spelling, String name, List<OptionSpec> options) {
        super(name, options);
        this.spelling = spelling;
    }

    static TosSyntax dscp() {
        return new TosSyntax(TosMatcher.Spelling.DSCP, "dscp", DSCP_OPTIONS);
    }

    static TosSyntax tos() {
        return new TosSyntax(TosMatcher.Spelling.TOS, "tos", TOS_OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        return spelling == TosMatcher.Spelling.DSCP ? finishDscp(at, line) : finishTos(at, line);
    }

    private @Nullable Matcher finishDscp(Word at, Line line) {
        Use number = used("dscp");
        Use named = used("dscp-class");
        if (number != null && named != null) {
            line.error(named.at(), "only one of --dscp and --dscp-class can be there");
            return null;
        }
        Use use = number == null ? named : number;
        if (use == null) {
            line.error(at, "-m dscp needs --dscp or --dscp-class");
            return null;
        }
        int point = codePoint(use.argument(), number == null, line);
        return point < 0 ? null : new TosMatcher(spelling, point << 2, TosMatcher.DSCP_MASK, use.negated());
    }

    /** A code point by number, or by the name of its class; -1 if it is wrong, which was reported. */
    static int codePoint(Word word, boolean named, Line line) {
        String text = word.text();
        Integer ofClass = CLASSES.get(text.toUpperCase(Locale.ROOT));
        long point = named ? (ofClass == null ? -1 : ofClass) : Numbers.parse(text, MAX_DSCP);
        if (point < 0) {
            line.error(
                    word,
                    "\"" + text + "\" is no "
                            + (named
                                    ? "class, expected CS0 to CS7, AF11 to AF43, BE or EF"
                                    : "code point, expected 0 to 0x3f"),
                    named ? Suggestion.closest(text, CLASSES.keySet()) : null);
        }
        return (int) point;
    }

    private @Nullable Matcher finishTos(Word at, Line line) {
        Use use = used("tos");
        if (use == null) {
            line.error(at, "-m tos needs --tos");
            return null;
        }
        Word word = use.argument();
        Numbers.Masked tos = masked(word, line);
        if (tos == null) {
            return null;
        }
        if ((tos.value() & ~tos.mask()) != 0) {
            line.error(word, "the value has bits outside the mask, so this never matches");
            return null;
        }
        return new TosMatcher(spelling, (int) tos.value(), (int) tos.mask(), use.negated());
    }

    /** {@code VALUE}, {@code VALUE/MASK} or a name; null if it is wrong, which was reported. */
    static Numbers.@Nullable Masked masked(Word word, Line line) {
        if (word.text().isEmpty() || !Character.isLetter(word.text().charAt(0))) {
            return Numbers.masked(word, 0xff, line);
        }
        for (Map.Entry<String, Integer> name : NAMES.entrySet()) {
            if (name.getKey().equalsIgnoreCase(word.text())) {
                return new Numbers.Masked(name.getValue(), NAMED_MASK);
            }
        }
        line.error(
                word,
                "unknown type of service \"" + word.text() + "\", expected VALUE/MASK or a name",
                Suggestion.closest(word.text(), NAMES.keySet()));
        return null;
    }

    static void print(TosMatcher matcher, RuleText out) {
        if (matcher.spelling() == TosMatcher.Spelling.DSCP) {
            out.match("dscp")
                    .option(matcher.negated(), "dscp")
                    .word(String.format(Locale.ROOT, "0x%02x", matcher.value() >> 2));
        } else {
            out.match("tos")
                    .option(matcher.negated(), "tos")
                    .word(String.format(Locale.ROOT, "0x%02x/0x%02x", matcher.value(), matcher.mask()));
        }
    }
}
