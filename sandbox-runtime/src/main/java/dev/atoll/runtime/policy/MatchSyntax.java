package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text form of one {@code -m} extension; an object reads one use of it. */
abstract class MatchSyntax {
    /** An option met, where, and its arguments. */
    record Use(Word at, boolean negated, List<Word> arguments) {
        Word argument() {
            return arguments.get(0);
        }
    }

    private final String name;
    private final List<OptionSpec> options;
    private final Map<String, Use> uses = new HashMap<>();

    MatchSyntax(String name, List<OptionSpec> options) {
        this.name = name;
        this.options = options;
    }

    final String name() {
        return name;
    }

    final List<OptionSpec> options() {
        return options;
    }

    /** Takes note of an option; each can be there once. */
    final void use(OptionSpec option, Use use, Line line) {
        if (uses.putIfAbsent(option.key(), use) != null) {
            line.error(use.at(), "--" + option.name() + " is there twice in this match");
        }
    }

    final @Nullable Use used(String key) {
        return uses.get(key);
    }

    /**
     * The matcher these options make; null if they make none, which was then reported.
     *
     * @param at the place of the extension's name, or of its first option
     */
    abstract @Nullable Matcher finish(Word at, Line line);
}
