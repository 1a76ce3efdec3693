package dev.atoll.launcher.policy.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import dev.atoll.launcher.cli.Suggestions;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a policy in HOCON, includes and substitutions resolved, into the same rules that iptables' form makes: for both
 * families a table filter whose OUTPUT has the rules of {@code egress} and whose INPUT has those of {@code ingress}, behind
 * rules for localhost and for answers.
 */
public final class HoconPolicy {
    private static final String ROOT = "atoll";
    private static final List<String> SECTIONS = List.of("egress", "ingress", "tests");
    private static final List<String> SECTION_KEYS = List.of("default", "rules");

    /**
     * A case that stands in a policy.
     *
     * @param place where, and its text
     */
    public record Case(Origin place) {}

    /**
     * What came of reading.
     *
     * @param cases of a policy without mistakes
     */
    public record Read(PolicyResult result, List<Case> cases) {}

    private final File file;
    private final Mistakes mistakes;
    private final RuleReader rules;
    private final List<Case> cases = new ArrayList<>();

    private HoconPolicy(String source, HostResolver names) {
        file = new File(source);
        mistakes = new Mistakes(source);
        rules = new RuleReader(mistakes, names);
    }

    /** Whether a file's name says that it is in HOCON. */
    public static boolean isHocon(String source) {
        return source.endsWith(".conf") || source.endsWith(".json");
    }

    /** Reads a file, which is there. */
    public static Read read(String source, HostResolver names) {
        return new HoconPolicy(source, names).run();
    }

    /** The files that a policy is read from: itself, and what it includes, there or not. */
    public static List<Path> filesOf(Path file) {
        Set<Path> files = new LinkedHashSet<>();
        files.add(file);
        try {
            ConfigObject unused = ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().prependIncluder(new IncludeNotes(files)))
                    .root();
        } catch (ConfigException e) {
            // What is wrong is told by whoever reads the policy; what was included up to there is known.
            return List.copyOf(files);
        }
        return List.copyOf(files);
    }

    private Read run() {
        RuleSet ruleSet = RuleSet.EMPTY;
        try {
            Config config = ConfigFactory.parseFile(
                            file, ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve();
            ruleSet = policy(config);
        } catch (ConfigException e) {
            ConfigOrigin origin = e.origin();
            ConfigOrigin at = origin == null ? ConfigOriginFactory.newFile(file.getPath()) : origin;
            String message = String.valueOf(e.getMessage());
            String place = at.description() + ": ";
            mistakes.add(
                    at,
                    "this cannot be read: "
                            + (message.startsWith(place) ? message.substring(place.length()) : message));
        }
        return mistakes.isEmpty()
                ? new Read(new PolicyResult.Accepted(ruleSet), cases)
                : new Read(new PolicyResult.Refused(mistakes.sorted()), List.of());
    }

    private RuleSet policy(Config config) {
        ConfigObject root = config.root();
        ConfigValue atoll = root.get(ROOT);
        // What else stands there is for substitutions.
        if (!(atoll instanceof ConfigObject sections)) {
            mistakes.add(root.origin(), "the policy has no section atoll, expected atoll { egress { ... } }");
            return RuleSet.EMPTY;
        }
        for (Map.Entry<String, ConfigValue> entry : sections.entrySet()) {
            if (!SECTIONS.contains(entry.getKey())) {
                unknown(entry.getKey(), entry.getValue(), SECTIONS);
            }
        }
        if (sections.get("egress") == null) {
            mistakes.add(
                    sections.origin(), "the policy has no section egress, expected egress { default = reject, ... }");
            return RuleSet.EMPTY;
        }
        tests(sections.get("tests"));
        Section egress = section(sections.get("egress"), true);
        Section ingress = section(sections.get("ingress"), false);
        List<Table> tables = new ArrayList<>();
        for (Family family : Family.values()) {
            tables.add(table(family, sections, egress, ingress));
        }
        return mistakes.isEmpty() ? RuleSet.of(tables) : RuleSet.EMPTY;
    }

    private void unknown(String key, ConfigValue value, List<String> known) {
        mistakes.add(
                value.origin(),
                "there is no \"" + key + "\" here, expected " + String.join(", ", known)
                        + Suggestions.didYouMean(key, known));
    }

    /**
     * The rules of one direction.
     *
     * @param origin where the section begins
     * @param last what becomes of all that no rule means
     */
    private record Section(Origin origin, List<RuleReader.Written> rules, Action last) {}

    private Section section(@Nullable ConfigValue value, boolean outgoing) {
        String name = outgoing ? "egress" : "ingress";
        if (!(value instanceof ConfigObject section)) {
            if (value != null) {
                mistakes.add(
                        value.origin(), name + " is no object, expected " + name + " { default = reject, rules = [] }");
            }
            Origin nowhere = new Origin(mistakes.file(ConfigOriginFactory.newFile(file.getPath())), 1, name + " { }");
            return new Section(nowhere, List.of(), Action.DROP);
        }
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            if (!SECTION_KEYS.contains(entry.getKey())) {
                unknown(entry.getKey(), entry.getValue(), SECTION_KEYS);
            }
        }
        ConfigValue last = section.get("default");
        Action action = Action.DROP;
        if (last == null) {
            mistakes.add(section.origin(), name + " has no default, expected default = reject, drop or allow");
        } else {
            action = rules.action(last);
        }
        List<RuleReader.Written> written = new ArrayList<>();
        ConfigValue list = section.get("rules");
        if (list instanceof ConfigList all) {
            for (ConfigValue rule : all) {
                written.addAll(rules.read(rule, outgoing));
            }
        } else if (list != null) {
            mistakes.add(list.origin(), "rules is no list, expected rules = [ { ... }, ... ]");
        }
        ConfigOrigin at = last == null ? section.origin() : last.origin();
        return new Section(rules.origin(at, name + ".default = " + action.word()), written, action);
    }

    private void tests(@Nullable ConfigValue value) {
        if (value instanceof ConfigList list) {
            for (ConfigValue test : list) {
                if (test.unwrapped() instanceof String text) {
                    cases.add(new Case(rules.origin(test.origin(), text)));
                } else {
                    mistakes.add(test.origin(), "a case is a text, expected \"connect HOST:PORT -> accept\"");
                }
            }
        } else if (value != null) {
            mistakes.add(value.origin(), "tests is no list, expected tests = [ \"connect HOST:PORT -> accept\", ... ]");
        }
    }

    private Table table(Family family, ConfigObject sections, Section egress, Section ingress) {
        Origin origin = rules.origin(sections.origin(), "atoll { ... }");
        List<Chain> chains = List.of(
                chain(Hook.INPUT, family, ingress),
                new Chain(Hook.FORWARD.name(), ChainPolicy.DROP, List.of(), origin),
                chain(Hook.OUTPUT, family, egress));
        return new Table(TableName.FILTER, family, chains, origin);
    }

    private static Chain chain(Hook hook, Family family, Section section) {
        Origin at = section.origin();
        InterfaceMatcher.Side side = hook == Hook.INPUT ? InterfaceMatcher.Side.IN : InterfaceMatcher.Side.OUT;
        List<Rule> made = new ArrayList<>();
        made.add(rule(new InterfaceMatcher(side, "lo", false), at, "localhost"));
        int known = ConnState.ESTABLISHED.bit() | ConnState.RELATED.bit();
        made.add(rule(new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, known, false), at, "answers"));
        for (RuleReader.Written written : section.rules()) {
            if (written.family() == null || written.family() == family) {
                made.add(of(family, written.rule()));
            }
        }
        Target last = section.last().target();
        ChainPolicy policy = section.last() == Action.ALLOW ? ChainPolicy.ACCEPT : ChainPolicy.DROP;
        if (last instanceof StandardTarget.Reject) {
            made.add(of(family, new Rule(List.of(), last, at)));
        }
        return new Chain(hook.name(), policy, made, at);
    }

    /** A rule of both families as one of them has it: IPv6 has other answers. */
    private static Rule of(Family family, Rule rule) {
        return family == Family.IPV6 && rule.target() instanceof StandardTarget.Reject
                ? new Rule(rule.matchers(), new StandardTarget.Reject(RejectWith.ICMP6_PORT_UNREACHABLE), rule.origin())
                : rule;
    }

    private static Rule rule(Matcher matcher, Origin near, String what) {
        String text = "always allowed: " + what;
        return new Rule(List.of(matcher), StandardTarget.ACCEPT, new Origin(near.source(), near.line(), text));
    }

    /** What becomes of packets. */
    enum Action {
        ALLOW(StandardTarget.ACCEPT),
        REJECT(new StandardTarget.Reject(RejectWith.ICMP_PORT_UNREACHABLE)),
        DROP(StandardTarget.DROP);

        @SuppressWarnings("ImmutableEnumChecker") // a record
        private final Target target;

        Action(Target target) {
            this.target = target;
        }

        Target target() {
            return target;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
