package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m fqdn}: the name that a connection was opened to. */
final class NameSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS =
            List.of(OptionSpec.of("name", 1, true), OptionSpec.of("allow-private", 0, false));

    NameSyntax() {
        super("fqdn", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("name");
        if (use == null) {
            line.error(at, "-m fqdn needs --name");
            return null;
        }
        Use allow = used("allow-private");
        if (allow != null && use.negated()) {
            line.error(
                    allow.at(),
                    "--allow-private says nothing of ! --name, which no internal address with the name passes");
        }
        List<String> names = new ArrayList<>();
        String text = use.argument().text();
        int from = 0;
        while (from <= text.length()) {
            int comma = text.indexOf(',', from);
            int to = comma < 0 ? text.length() : comma;
            String name = NameMatcher.canonical(text.substring(from, to));
            if (name == null) {
                line.error(
                        use.argument().place(from, to),
                        "\"" + text.substring(from, to)
                                + "\" is no host name, expected api.example.com or *.example.com");
            } else {
                names.add(name);
            }
            from = to + 1;
        }
        if (names.size() > NameMatcher.MAX_NAMES) {
            line.error(use.argument(), "at most " + NameMatcher.MAX_NAMES + " names can be there; make several rules");
        }
        return line.isBad() ? null : new NameMatcher(names, use.negated(), allow != null);
    }

    static void print(NameMatcher matcher, RuleText out) {
        out.match("fqdn").option(matcher.negated(), "name").word(String.join(",", matcher.names()));
        if (matcher.allowPrivate()) {
            out.option(false, "allow-private");
        }
    }
}
