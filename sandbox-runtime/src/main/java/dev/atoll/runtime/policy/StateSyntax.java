package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m state --state}, and what {@code -m conntrack --ctstate} has in common with it: a list of states. */
final class StateSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("state", 1, true));
    private static final String SNAT = "SNAT";
    private static final String DNAT = "DNAT";

    StateSyntax() {
        super("state", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("state");
        if (use == null) {
            line.error(at, "-m state needs --state");
            return null;
        }
        return states(use, ConnStateMatcher.Spelling.STATE, line);
    }

    /** The states that an option names; null if they are wrong, which was reported. */
    static @Nullable ConnStateMatcher states(Use use, ConnStateMatcher.Spelling spelling, Line line) {
        Word word = use.argument();
        int states = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            states |= state(word.part(from, to), spelling, line);
            from = to + 1;
        }
        return line.isBad() ? null : new ConnStateMatcher(spelling, states, use.negated());
    }

    private static int state(Word word, ConnStateMatcher.Spelling spelling, Line line) {
        String wanted = word.text().toUpperCase(Locale.ROOT);
        List<String> names = new ArrayList<>();
        for (ConnState state : ConnState.values()) {
            if (state.name().equals(wanted)) {
                return state.bit();
            }
            names.add(state.name());
        }
        if (spelling == ConnStateMatcher.Spelling.CONNTRACK) {
            if (wanted.equals(SNAT) || wanted.equals(DNAT)) {
                return wanted.equals(SNAT) ? ConnStateMatcher.SNAT : ConnStateMatcher.DNAT;
            }
            names.add(SNAT);
            names.add(DNAT);
        }
        line.error(
                word,
                "unknown state \"" + word.text() + "\", expected " + String.join(", ", names),
                Suggestion.closest(wanted, names));
        return 0;
    }

    static void print(ConnStateMatcher matcher, RuleText out) {
        out.match(matcher.spelling() == ConnStateMatcher.Spelling.STATE ? "state" : "conntrack");
        printOption(matcher, out);
    }

    /** The same without {@code -m}. */
    static void printOption(ConnStateMatcher matcher, RuleText out) {
        List<String> names = new ArrayList<>();
        for (ConnState one : ConnState.values()) {
            if ((matcher.states() & one.bit()) != 0) {
                names.add(one.name());
            }
        }
        if ((matcher.states() & ConnStateMatcher.SNAT) != 0) {
            names.add(SNAT);
        }
        if ((matcher.states() & ConnStateMatcher.DNAT) != 0) {
            names.add(DNAT);
        }
        boolean state = matcher.spelling() == ConnStateMatcher.Spelling.STATE;
        out.option(matcher.negated(), state ? "state" : "ctstate").word(String.join(",", names));
    }
}
