package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m state --state} and {@code -m conntrack --ctstate}: a list of states. */
final class StateSyntax extends MatchSyntax {
    static final List<OptionSpec> STATE_OPTIONS = List.of(OptionSpec.of("state", 1, true));
    static final List<OptionSpec> CONNTRACK_OPTIONS = List.of(
            OptionSpec.of("ctstate", 1, true),
            OptionSpec.unbuilt("ctproto"),
            OptionSpec.unbuilt("ctorigsrc"),
            OptionSpec.unbuilt("ctorigdst"),
            OptionSpec.unbuilt("ctreplsrc"),
            OptionSpec.unbuilt("ctrepldst"),
            OptionSpec.unbuilt("ctorigsrcport"),
            OptionSpec.unbuilt("ctorigdstport"),
            OptionSpec.unbuilt("ctreplsrcport"),
            OptionSpec.unbuilt("ctrepldstport"),
            OptionSpec.unbuilt("ctstatus"),
            OptionSpec.unbuilt("ctexpire"),
            OptionSpec.unbuilt("ctdir"));

    private final ConnStateMatcher.Spelling spelling;
    private final String option;

    private StateSyntax(ConnStateMatcher.Spelling spelling, String name, String option, List<OptionSpec> options) {
        super(name, options);
        this.spelling = spelling;
        this.option = option;
    }

    static StateSyntax state() {
        return new StateSyntax(ConnStateMatcher.Spelling.STATE, "state", "state", STATE_OPTIONS);
    }

    static StateSyntax conntrack() {
        return new StateSyntax(ConnStateMatcher.Spelling.CONNTRACK, "conntrack", "ctstate", CONNTRACK_OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used(option);
        if (use == null) {
            line.error(at, "-m " + name() + " needs --" + option);
            return null;
        }
        Word word = use.argument();
        int states = 0;
        int from = 0;
        while (from <= word.text().length()) {
            int comma = word.text().indexOf(',', from);
            int to = comma < 0 ? word.text().length() : comma;
            states |= state(word.part(from, to), line);
            from = to + 1;
        }
        return states == 0 ? null : new ConnStateMatcher(spelling, states, use.negated());
    }

    private int state(Word word, Line line) {
        String wanted = word.text().toUpperCase(Locale.ROOT);
        List<String> names = new ArrayList<>();
        for (ConnState state : ConnState.values()) {
            if (state.name().equals(wanted)) {
                return state.bit();
            }
            names.add(state.name());
        }
        if (spelling == ConnStateMatcher.Spelling.CONNTRACK && (wanted.equals("SNAT") || wanted.equals("DNAT"))) {
            line.error(word, "--ctstate " + wanted + " is not supported yet");
        } else {
            line.error(
                    word,
                    "unknown state \"" + word.text() + "\", expected " + String.join(", ", names),
                    Suggestion.closest(wanted, names));
        }
        return 0;
    }

    static void print(ConnStateMatcher matcher, RuleText out) {
        List<String> names = new ArrayList<>();
        for (ConnState one : ConnState.values()) {
            if ((matcher.states() & one.bit()) != 0) {
                names.add(one.name());
            }
        }
        boolean state = matcher.spelling() == ConnStateMatcher.Spelling.STATE;
        out.match(state ? "state" : "conntrack")
                .option(matcher.negated(), state ? "state" : "ctstate")
                .word(String.join(",", names));
    }
}
