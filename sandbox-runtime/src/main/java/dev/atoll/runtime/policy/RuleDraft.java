package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.FragmentMatcher;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parts of one rule as its options are read, and the rule or rules they make. */
final class RuleDraft {
    /**
     * An option of a match or target that this rule has named so far.
     *
     * @param of the match or target it belongs to
     */
    record Extension(OptionSpec option, OptionUses of) {}

    /** One use of a match and where it began. */
    record MatchUse(MatchSyntax syntax, Word at) {}

    /** The rules a line stands for, and where their target is named. */
    record Finished(List<Rule> rules, @Nullable Word target) {}

    /** Sources times destinations of one line: keeps a short text from becoming a huge rule set. */
    private static final int MAX_RULES_OF_A_LINE = 4096;

    private static final AddressMatcher.Direction SOURCE = AddressMatcher.Direction.SOURCE;
    private static final AddressMatcher.Direction DESTINATION = AddressMatcher.Direction.DESTINATION;

    private final Line line;
    private final Lookups lookups;
    private final Addresses addresses;
    private final List<MatchUse> matches = new ArrayList<>();
    private @Nullable Word firstPart;
    private @Nullable List<@Nullable AddressMatcher> sources;
    private @Nullable List<@Nullable AddressMatcher> destinations;
    private @Nullable Word negatedAddress;
    private @Nullable Word protocolWord;
    private int protocol;
    private boolean protocolNegated;
    private @Nullable FragmentMatcher fragment;
    private boolean protocolMatchLoaded;
    private @Nullable Word inWord;
    private @Nullable Word outWord;
    private @Nullable InterfaceMatcher in;
    private @Nullable InterfaceMatcher out;
    private @Nullable Word targetWord;
    private boolean goTo;
    private @Nullable TargetSyntax target;

    RuleDraft(Line line, Lookups lookups) {
        this.line = line;
        this.lookups = lookups;
        addresses = new Addresses(lookups.hosts());
    }

    /** For commands that take no rule: what is there of one is a mistake. */
    void refuseAll(String command) {
        if (firstPart != null) {
            line.error(firstPart, firstPart.text() + " cannot be used with " + command);
        }
    }

    private void part(Word option) {
        if (firstPart == null) {
            firstPart = option;
        }
    }

    private boolean once(@Nullable Object before, Word option) {
        part(option);
        if (before != null) {
            line.error(option, option.text() + " is there twice");
        }
        return before == null;
    }

    void address(boolean source, Word option, boolean negated, Word value) {
        if (once(source ? sources : destinations, option)) {
            negatedAddress = negated ? value : negatedAddress;
            List<@Nullable AddressMatcher> parsed =
                    addresses.parse(value, source ? SOURCE : DESTINATION, negated, line);
            if (source) {
                sources = parsed;
            } else {
                destinations = parsed;
            }
        }
    }

    boolean protocol(Word option, boolean negated, Word value) {
        if (!once(protocolWord, option)) {
            return true;
        }
        protocolWord = value;
        protocol = Protocols.parse(value.text());
        protocolNegated = negated;
        if (protocol < 0) {
            line.error(
                    value,
                    "unknown protocol \"" + value.text() + "\", expected tcp, udp, icmp, all, or 0 to 255",
                    Suggestion.closest(value.text(), Protocols.names()));
            return false;
        }
        if (protocol == Protocols.ALL && negated) {
            line.error(value, "! -p " + value.text() + " never matches");
        }
        if (protocol == (line.isIpv4() ? Protocols.ICMPV6 : Protocols.ICMP)) {
            String own = line.isIpv4() ? "icmp" : "ipv6-icmp";
            line.error(value, Protocols.name(protocol) + " is never in an " + line.family() + " packet", own);
            return false;
        }
        return true;
    }

    void fragment(Word option, boolean negated) {
        if (once(fragment, option)) {
            fragment = new FragmentMatcher(negated);
        }
    }

    void networkInterface(boolean incoming, Word option, boolean negated, Word value) {
        if (!once(incoming ? inWord : outWord, option)) {
            return;
        }
        if (incoming) {
            inWord = option;
        } else {
            outWord = option;
        }
        String name = value.text();
        int longest = InterfaceMatcher.MAX_PATTERN_LENGTH;
        if (name.isEmpty() || name.length() > longest || name.indexOf('/') >= 0 || name.indexOf(' ') >= 0) {
            line.error(
                    value,
                    "\"" + name + "\" is no interface name, expected 1 to " + longest + " characters without / and"
                            + " blank");
            return;
        }
        if (name.equals("+")) {
            if (negated) {
                line.error(value, "! before every interface never matches");
            }
            return;
        }
        if (incoming) {
            in = new InterfaceMatcher(InterfaceMatcher.Side.IN, name, negated);
        } else {
            out = new InterfaceMatcher(InterfaceMatcher.Side.OUT, name, negated);
        }
    }

    boolean match(Word value) {
        part(value);
        MatchSyntax syntax = Extensions.match(value.text(), lookups);
        if (syntax == null) {
            if (Extensions.isUnbuiltMatch(value.text())) {
                line.error(value, "match \"" + value.text() + "\" is not supported yet");
            } else {
                line.error(
                        value,
                        "unknown match \"" + value.text() + "\"",
                        Suggestion.closest(value.text(), Extensions.matchNames()));
            }
            return false;
        }
        if (syntax.onlyFamily() != null && syntax.onlyFamily() != line.family()) {
            line.error(
                    value,
                    "match \"" + value.text() + "\" is of " + syntax.onlyFamily() + " alone",
                    Extensions.counterpart(syntax.name()));
            return false;
        }
        matches.add(new MatchUse(syntax, value));
        return true;
    }

    boolean target(boolean isGoTo, Word option, Word value) {
        if (once(targetWord, option)) {
            targetWord = value;
            goTo = isGoTo;
            target = isGoTo ? null : Extensions.target(value.text());
            if (target != null && target.onlyFamily() != null && target.onlyFamily() != line.family()) {
                line.error(
                        value,
                        "target \"" + value.text() + "\" is of " + target.onlyFamily() + " alone",
                        Extensions.counterpart(value.text()));
                return false;
            }
        }
        return true;
    }

    /**
     * Brings the match of the protocol named by {@code -p}, as iptables does when it meets an option that nothing named
     * so far has; false if there is none or it was already there.
     */
    boolean loadProtocolMatch(Word option) {
        MatchSyntax syntax = protocolWord == null ? null : Extensions.matchOfProtocol(protocol, lookups);
        if (syntax == null || protocolMatchLoaded) {
            return false;
        }
        protocolMatchLoaded = true;
        boolean known = false;
        for (OptionSpec spec : syntax.options()) {
            known |= option.text().length() > 2 && spec.name().startsWith(nameOf(option));
        }
        for (MatchUse use : matches) {
            known &= !use.syntax().name().equals(syntax.name());
        }
        if (known) {
            matches.add(new MatchUse(syntax, option));
        }
        return known;
    }

    private static String nameOf(Word option) {
        int equals = option.text().indexOf('=');
        return option.text().substring(2, equals < 0 ? option.text().length() : equals);
    }

    /** Options that can be used at this point; a match named twice has its latest use's. */
    List<Extension> extensions() {
        List<Extension> extensions = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (int i = matches.size() - 1; i >= 0; i--) {
            MatchUse use = matches.get(i);
            for (OptionSpec option : use.syntax().options()) {
                if (seen.add(option.name())) {
                    extensions.add(new Extension(option, use.syntax()));
                }
            }
        }
        if (target != null) {
            for (OptionSpec option : target.options()) {
                extensions.add(new Extension(option, target));
            }
        }
        return extensions;
    }

    void use(Extension extension, OptionUses.Use use) {
        part(use.at());
        extension.of().use(use, line);
    }

    /** The rules these parts make in that chain; null if they make none, which was reported. */
    @Nullable Finished finish(Word chain, ChainNames chains) {
        String where = chain.text();
        if (inWord != null && (where.equals(Hook.OUTPUT.name()) || where.equals(Hook.POSTROUTING.name()))) {
            line.error(inWord, "-i cannot be used in " + where + ": what leaves came in nowhere", "-o");
        }
        if (outWord != null && (where.equals(Hook.INPUT.name()) || where.equals(Hook.PREROUTING.name()))) {
            line.error(outWord, "-o cannot be used in " + where + ": what arrives goes out nowhere", "-i");
        }
        List<Matcher> extended = new ArrayList<>();
        for (MatchUse use : matches) {
            int only = protocolWord == null || protocolNegated ? Protocols.ALL : protocol;
            if (!use.syntax().fits(only)) {
                line.error(
                        use.at(),
                        "-m " + use.syntax().name() + " needs -p with "
                                + use.syntax().protocols() + ", not negated");
            }
            Matcher matcher = use.syntax().finish(use.at(), line);
            if (matcher != null) {
                checkProtocol(
                        matcher.requiredProtocol(),
                        use.at(),
                        "-m " + use.syntax().name());
                extended.add(matcher);
            }
        }
        Target made = finishTarget(chains);
        long count = (long) (sources == null ? 1 : sources.size()) * (destinations == null ? 1 : destinations.size());
        if (count > 1 && negatedAddress != null) {
            line.error(negatedAddress, "! works in a line with one address only, and this one stands for " + count);
        }
        if (count > MAX_RULES_OF_A_LINE) {
            line.error(
                    line.whole(),
                    "the addresses of this line stand for " + count + " rules, at most " + MAX_RULES_OF_A_LINE
                            + " are read");
        }
        if (made == null || line.isBad()) {
            return null;
        }
        return new Finished(expand(extended, made), targetWord);
    }

    private List<Rule> expand(List<Matcher> extended, Target made) {
        List<Rule> rules = new ArrayList<>();
        for (AddressMatcher source : sources == null ? oneAnything() : sources) {
            for (AddressMatcher destination : destinations == null ? oneAnything() : destinations) {
                List<Matcher> matchers = new ArrayList<>();
                add(matchers, source);
                add(matchers, destination);
                add(matchers, in);
                add(matchers, out);
                if (protocolWord != null && protocol != Protocols.ALL) {
                    matchers.add(new ProtocolMatcher(protocol, protocolNegated));
                }
                add(matchers, fragment);
                for (Matcher match : extended) {
                    matchers.add(match instanceof NameMatcher names && denies(made) ? names.wherever() : match);
                }
                rules.add(new Rule(matchers, made, line.origin()));
            }
        }
        return rules;
    }

    private static boolean denies(Target target) {
        return target instanceof StandardTarget.Drop || target instanceof StandardTarget.Reject;
    }

    private static List<@Nullable AddressMatcher> oneAnything() {
        List<@Nullable AddressMatcher> anything = new ArrayList<>();
        anything.add(null);
        return anything;
    }

    private static void add(List<Matcher> matchers, @Nullable Matcher matcher) {
        if (matcher != null) {
            matchers.add(matcher);
        }
    }

    private void checkProtocol(int required, Word at, String what) {
        if (required != Matcher.ANY_PROTOCOL && (protocolWord == null || protocolNegated || protocol != required)) {
            line.error(at, what + " needs -p " + Protocols.name(required) + ", not negated");
        }
    }

    private @Nullable Target finishTarget(ChainNames chains) {
        if (targetWord == null) {
            return StandardTarget.NONE;
        }
        String name = targetWord.text();
        if (goTo || chains.hasUserChain(name)) {
            if (!chains.hasUserChain(name)) {
                noChain(targetWord, chains);
                return null;
            }
            return goTo ? new StandardTarget.GoTo(name) : new StandardTarget.Jump(name);
        }
        if (target == null) {
            noTarget(targetWord, chains);
            return null;
        }
        StandardTarget made = target.finish(targetWord, line);
        if (made != null) {
            OptionUses.Use with = target.used("reject-with");
            checkProtocol(
                    made.requiredProtocol(),
                    with == null ? targetWord : with.argument(),
                    made instanceof StandardTarget.Reject reject
                            ? "--reject-with " + reject.rejectWith().optionName()
                            : "-j " + name);
        }
        return made;
    }

    private void noTarget(Word word, ChainNames chains) {
        String name = word.text();
        if (Extensions.isUnbuiltTarget(name)) {
            line.error(word, "target \"" + name + "\" is not supported yet");
            return;
        }
        if (chains.hasBuiltIn(name) || chains.declaredLater(name) > 0) {
            noChain(word, chains);
            return;
        }
        Set<String> names = new LinkedHashSet<>(Extensions.targetNames());
        names.addAll(chains.userChains());
        line.error(
                word,
                "\"" + name + "\" is neither a target nor a chain of this table",
                Suggestion.closest(name, names));
    }

    private void noChain(Word word, ChainNames chains) {
        String name = word.text();
        if (chains.hasBuiltIn(name)) {
            line.error(word, "no rule can go to the built-in chain " + name);
            return;
        }
        int later = chains.declaredLater(name);
        String hint = later > 0 ? " before line " + later + ", which declares it; declare it first" : "";
        line.error(
                word,
                "there is no chain \"" + name + "\"" + hint,
                later > 0 ? null : Suggestion.closest(name, chains.userChains()));
    }
}
