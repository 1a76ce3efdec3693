package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.SetMatcher;
import dev.atoll.stack.filter.SetMatcher.Counting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code -m set --match-set NAME src,dst}: what is in a set. */
final class SetSyntax extends MatchSyntax {
    private static final String MATCH = "match-set";

    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of(MATCH, 2, true),
            OptionSpec.of("return-nomatch", 0, false),
            OptionSpec.of("update-counters", 0, true),
            OptionSpec.of("update-subcounters", 0, true),
            OptionSpec.unbuilt("packets-eq"),
            OptionSpec.unbuilt("packets-lt"),
            OptionSpec.unbuilt("packets-gt"),
            OptionSpec.unbuilt("bytes-eq"),
            OptionSpec.unbuilt("bytes-lt"),
            OptionSpec.unbuilt("bytes-gt"));

    private final Map<String, IpSet> sets;

    /**
     * One use.
     *
     * @param sets those that can be named
     */
    SetSyntax(Map<String, IpSet> sets) {
        super("set", OPTIONS);
        this.sets = sets;
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used(MATCH);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-m set needs --match-set NAME and src or dst");
            }
            return null;
        }
        Word name = use.argument();
        IpSet set = set(name, line);
        List<Boolean> sources = sides(use.arguments().get(1), line);
        if (set == null || sources.isEmpty()) {
            return null;
        }
        if (set.family() != null && set.family() != line.family()) {
            line.error(name, "set \"" + set.name() + "\" is of " + set.family() + ", which no packet here is in");
            return null;
        }
        if (sources.size() < set.kind().dimension()) {
            line.error(
                    use.arguments().get(1),
                    "set \"" + set.name() + "\" is of type " + set.kind().text() + ", which wants "
                            + set.kind().dimension() + " of src and dst, as dst,dst");
            return null;
        }
        int bits = 0;
        for (int i = 0; i < sources.size(); i++) {
            bits |= sources.get(i) ? 1 << i : 0;
        }
        Counting counting = new Counting(counts("update-counters"), counts("update-subcounters"));
        return new SetMatcher(set, bits, sources.size(), use.negated(), used("return-nomatch") != null, counting);
    }

    private boolean counts(String option) {
        Use use = used(option);
        return use == null || !use.negated();
    }

    private @Nullable IpSet set(Word name, Line line) {
        IpSet set = sets.get(name.text());
        if (set == null) {
            line.error(
                    name,
                    sets.isEmpty()
                            ? "there is no set \"" + name.text() + "\": give the file that has it, --ipset FILE"
                            : "no file given with --ipset has a set \"" + name.text() + "\"",
                    Suggestion.closest(name.text(), sets.keySet()));
        }
        return set;
    }

    /** For each dimension whether it is the source; none if the word is wrong, which was reported. */
    private static List<Boolean> sides(Word word, Line line) {
        List<Boolean> sources = new ArrayList<>();
        for (String side : word.text().split(",", -1)) {
            if (!side.equals("src") && !side.equals("dst")) {
                line.error(word, "\"" + word.text() + "\" is not src, dst, or several of them between commas");
                return List.of();
            }
            sources.add(side.equals("src"));
        }
        if (sources.size() > SetMatcher.MAX_DIMENSIONS) {
            line.error(word, "more than " + SetMatcher.MAX_DIMENSIONS + " of src and dst");
            return List.of();
        }
        return sources;
    }

    static void print(SetMatcher matcher, RuleText out) {
        List<String> sides = new ArrayList<>();
        for (int i = 0; i < matcher.dimensions(); i++) {
            sides.add((matcher.sides() >> i & 1) != 0 ? "src" : "dst");
        }
        out.match("set")
                .option(matcher.negated(), MATCH)
                .word(matcher.set().name())
                .word(String.join(",", sides));
        if (matcher.excluded()) {
            out.option(false, "return-nomatch");
        }
        if (!matcher.counting().set()) {
            out.option(true, "update-counters");
        }
        if (!matcher.counting().members()) {
            out.option(true, "update-subcounters");
        }
    }
}
