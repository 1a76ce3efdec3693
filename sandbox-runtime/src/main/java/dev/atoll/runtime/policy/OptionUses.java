package dev.atoll.runtime.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a match or target of a rule was told: its options, each once. */
abstract class OptionUses {
    /** An option met, where, and its arguments. */
    record Use(OptionSpec option, Word at, boolean negated, List<Word> arguments) {
        /** Whether it is the option of that key. */
        boolean is(String key) {
            return option.key().equals(key);
        }

        Word argument() {
            return arguments.get(0);
        }
    }

    private final String name;
    private final List<OptionSpec> options;
    private final Map<String, Use> uses = new HashMap<>();

    OptionUses(String name, List<OptionSpec> options) {
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
    final void use(Use use, Line line) {
        if (uses.putIfAbsent(use.option().key(), use) != null) {
            line.error(use.at(), "--" + use.option().name() + " is there twice in this " + kind());
        }
    }

    final @Nullable Use used(String key) {
        return uses.get(key);
    }

    /** The only one of these options that is there; null for none, or for more, which was reported then. */
    final @Nullable Use only(List<String> keys, Line line) {
        Use only = null;
        for (String key : keys) {
            Use use = used(key);
            if (use != null && only != null) {
                line.error(use.at(), "only one of --" + String.join(", --", keys) + " can be there");
                return null;
            }
            only = use == null ? only : use;
        }
        return only;
    }

    /** "match" or "target". */
    abstract String kind();
}
