package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.CodeSourceMatcher;
import dev.atoll.stack.filter.CodeSourceMatcher.Condition;
import dev.atoll.stack.filter.CodeSourceMatcher.Part;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m codesource}: whose code has opened the socket. */
final class CodeSourceSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = optionOfEachPart();

    CodeSourceSyntax() {
        super("codesource", OPTIONS);
    }

    private static List<OptionSpec> optionOfEachPart() {
        List<OptionSpec> options = new ArrayList<>();
        for (Part part : Part.values()) {
            options.add(OptionSpec.of(name(part), 1, true));
        }
        return options;
    }

    private static String name(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        List<Condition> conditions = new ArrayList<>();
        for (Part part : Part.values()) {
            Use use = used(name(part));
            if (use != null) {
                String pattern = use.argument().text();
                String expected = Condition.problem(part, pattern);
                if (expected == null) {
                    conditions.add(new Condition(part, pattern, use.negated()));
                } else {
                    line.error(
                            use.argument(),
                            "\"" + pattern + "\" does not fit --" + name(part) + ", expected " + expected);
                }
            }
        }
        if (line.isBad()) {
            return null;
        }
        if (conditions.isEmpty()) {
            line.error(at, "-m codesource needs --jar, --maven, --module or --package");
            return null;
        }
        return new CodeSourceMatcher(conditions);
    }

    static void print(CodeSourceMatcher matcher, RuleText out) {
        out.match("codesource");
        for (Condition condition : matcher.conditions()) {
            out.option(condition.negated(), name(condition.part())).quoted(condition.pattern());
        }
    }
}
