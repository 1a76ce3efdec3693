package dev.atoll.launcher.policy.hocon;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.atoll.launcher.cli.Suggestions;
import dev.atoll.launcher.policy.hocon.HoconPolicy.Action;
import dev.atoll.stack.filter.CodeSourceMatcher;
import dev.atoll.stack.filter.CodeSourceMatcher.Condition;
import dev.atoll.stack.filter.CodeSourceMatcher.Part;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the conditions of a rule that iptables has not: {@code host}, {@code allow-private} and {@code code}. */
final class ConditionReader {
    private static final List<String> KEYS = List.of("host", "allow-private", "code");

    private final RuleReader rules;
    private final Mistakes mistakes;

    ConditionReader(RuleReader rules, Mistakes mistakes) {
        this.rules = rules;
        this.mistakes = mistakes;
    }

    /** The conditions of a rule for what the program sends. */
    List<Matcher> read(ConfigObject rule, Action does) {
        List<Matcher> matchers = new ArrayList<>();
        NameMatcher names = names(rule, does);
        if (names != null) {
            matchers.add(names);
        }
        ConfigValue code = rule.get("code");
        if (code instanceof ConfigObject parts) {
            code(parts, matchers);
        } else if (code != null) {
            mistakes.add(
                    code.origin(), "code is no object, expected code.jar, code.maven, code.module or code.package");
        }
        return matchers;
    }

    /** Who connects to the program has no name that was looked up here, and no code. */
    List<Matcher> refuse(ConfigObject rule) {
        for (String key : KEYS) {
            ConfigValue value = rule.get(key);
            if (value != null) {
                mistakes.add(value.origin(), key + " is for rules of egress");
            }
        }
        return List.of();
    }

    private @Nullable NameMatcher names(ConfigObject rule, Action does) {
        ConfigValue allow = rule.get("allow-private");
        ConfigValue host = rule.get("host");
        if (allow != null && !(allow.unwrapped() instanceof Boolean)) {
            mistakes.add(allow.origin(), "allow-private is true or false");
        }
        if (host == null) {
            if (allow != null) {
                mistakes.add(allow.origin(), "allow-private says something of host, which the rule has not");
            }
            return null;
        }
        List<String> names = new ArrayList<>();
        for (ConfigValue one : rules.each(host)) {
            String name = NameMatcher.canonical(String.valueOf(one.unwrapped()));
            if (name == null) {
                mistakes.add(
                        one.origin(),
                        "\"" + one.unwrapped() + "\" is no host name, expected api.example.com or *.example.com");
            } else {
                names.add(name);
            }
        }
        if (names.size() > NameMatcher.MAX_NAMES) {
            mistakes.add(host.origin(), "a rule has at most " + NameMatcher.MAX_NAMES + " names; make several");
            return null;
        }
        // A rule that denies a name denies it wherever it is.
        boolean anywhere = does != Action.ALLOW || (allow != null && Boolean.TRUE.equals(allow.unwrapped()));
        return names.isEmpty() ? null : new NameMatcher(names, false, anywhere);
    }

    private void code(ConfigObject parts, List<Matcher> matchers) {
        List<String> known = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        for (Part part : Part.values()) {
            String key = part.name().toLowerCase(Locale.ROOT);
            known.add(key);
            ConfigValue value = parts.get(key);
            if (value != null) {
                String pattern = String.valueOf(value.unwrapped());
                String expected = Condition.problem(part, pattern);
                if (expected == null) {
                    conditions.add(new Condition(part, pattern, false));
                } else {
                    mistakes.add(
                            value.origin(), "\"" + pattern + "\" does not fit code." + key + ", expected " + expected);
                }
            }
        }
        for (Map.Entry<String, ConfigValue> entry : parts.entrySet()) {
            if (!known.contains(entry.getKey())) {
                mistakes.add(
                        entry.getValue().origin(),
                        "code has no \"" + entry.getKey() + "\", expected " + String.join(", ", known)
                                + Suggestions.didYouMean(entry.getKey(), known));
            }
        }
        if (!conditions.isEmpty()) {
            matchers.add(new CodeSourceMatcher(conditions));
        } else if (parts.isEmpty()) {
            mistakes.add(parts.origin(), "code is empty, expected code.jar, code.maven, code.module or code.package");
        }
    }

    /** What a denial shows of it. */
    static void text(@Nullable ConfigValue code, StringBuilder text) {
        if (code instanceof ConfigObject parts) {
            for (Part part : Part.values()) {
                ConfigValue value = parts.get(part.name().toLowerCase(Locale.ROOT));
                if (value != null) {
                    text.append(" by ").append(value.unwrapped());
                }
            }
        }
    }
}
