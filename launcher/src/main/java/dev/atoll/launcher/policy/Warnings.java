package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.space.Diagrams;
import dev.atoll.launcher.policy.space.Finding;
import dev.atoll.launcher.policy.space.Interfaces;
import dev.atoll.launcher.policy.space.Matches;
import dev.atoll.launcher.policy.space.Reachability;
import dev.atoll.launcher.policy.space.Space;
import dev.atoll.launcher.policy.space.TooComplexException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds in a policy without mistakes what is probably not meant. */
final class Warnings {
    private static final int MOST_NAMED = 3;

    private final RuleSet ruleSet;
    private final List<Warning> warnings = new ArrayList<>();

    private Warnings(RuleSet ruleSet) {
        this.ruleSet = ruleSet;
    }

    /** What there is to say, in the order of the places. */
    static List<Warning> of(RuleSet ruleSet) {
        Warnings found = new Warnings(ruleSet);
        try {
            found.find();
        } catch (TooComplexException e) {
            found.add(new Warning(
                    Warning.Kind.NOT_EXAMINED,
                    ruleSet.tables().get(0).origin(),
                    "not everything was examined: " + e.getMessage(),
                    List.of(),
                    "divide the policy into several"));
        }
        found.warnings.sort(Comparator.comparingInt(warning -> warning.place().line()));
        return found.warnings;
    }

    private void add(Warning warning) {
        if (!warnings.contains(warning)) {
            warnings.add(warning);
        }
    }

    private void find() {
        Interfaces interfaces = new Interfaces(List.of(ruleSet));
        Set<Origin> reached = new HashSet<>();
        List<Warning> unreached = new ArrayList<>();
        List<Gaps> gaps = new ArrayList<>();
        for (Family family : Family.values()) {
            if (!ruleSet.covers(family)) {
                closed(family);
                continue;
            }
            Space space = new Space(family, interfaces, new Diagrams());
            for (Table table : ruleSet.tables()) {
                if (table.family() == family) {
                    Matches matches = new Matches(space, ruleSet, /* tcpFlags= */ null);
                    Reachability reachability = new Reachability(space, table, matches);
                    for (Finding finding : reachability.find()) {
                        unreached.add(warning(finding, family));
                    }
                    reached.addAll(reachability.reached());
                }
            }
            gaps.add(new Gaps(space, ruleSet));
        }
        for (Warning warning : unreached) {
            // A line that stands for rules of both families has an effect if one of them has.
            if (!reached.contains(warning.place())) {
                add(warning);
            }
        }
        for (Table table : ruleSet.tables()) {
            // What stands for rules of both families is told once.
            new InternalNames(table).find().forEach(this::add);
        }
        for (Gaps ofFamily : gaps) {
            ofFamily.find().forEach(this::add);
        }
        Warning names = Gaps.names(gaps);
        if (names != null) {
            add(names);
        }
    }

    private void closed(Family family) {
        Origin first = ruleSet.tables().get(0).origin();
        Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
        add(new Warning(
                Warning.Kind.CLOSED_FAMILY,
                first,
                "no " + family + " policy given (" + first.source() + " has only " + other + " rules), so " + family
                        + " is closed",
                List.of(),
                family == Family.IPV6
                        ? "add rules for IPv6, or run programs with --ipv6=off"
                        : "add rules for IPv4, if programs need it"));
    }

    // --- Rules without effect

    private static Warning warning(Finding finding, Family family) {
        if (finding instanceof Finding.Contradiction found) {
            String conditions = found.conditions().stream()
                    .map(matcher -> MatcherText.of(matcher, family))
                    .collect(Collectors.joining(" and "));
            return new Warning(
                    Warning.Kind.CONTRADICTION,
                    found.rule().origin(),
                    "this rule matches no packet: "
                            + (found.conditions().size() == 1
                                    ? conditions + " never matches"
                                    : "none meets " + conditions + " at once"),
                    List.of(),
                    "correct one of the conditions, or delete the rule");
        } else if (finding instanceof Finding.Shadowed found) {
            return shadowed(found);
        } else if (finding instanceof Finding.Behind found) {
            String what = found.count() == 1
                    ? "this rule is never reached: "
                    : "this rule and what follows it in chain " + found.chain().name() + ", " + found.count()
                            + " lines, are never reached: ";
            return new Warning(
                    Warning.Kind.UNREACHABLE,
                    found.rule().origin(),
                    what + "every packet is decided before",
                    List.of(found.by().origin()),
                    "move what is meant to be reached before line "
                            + found.by().origin().line() + ", or delete it");
        } else if (finding instanceof Finding.Elsewhere found) {
            return elsewhere(found);
        }
        return unused(((Finding.Unused) finding).chain());
    }

    private static Warning shadowed(Finding.Shadowed found) {
        List<Origin> by = origins(found.by());
        Origin first = by.get(0);
        String advice;
        if (found.same()) {
            advice = "delete it: nothing changes";
        } else {
            advice = "move it before line " + first.line() + " if it is an exception, or delete it";
        }
        return new Warning(
                Warning.Kind.SHADOWED,
                found.rule().origin(),
                "this rule is never reached: every packet it matches is decided before",
                by,
                advice);
    }

    private static Warning elsewhere(Finding.Elsewhere found) {
        Chain chain = found.chain();
        List<Origin> callers = origins(found.callers());
        return new Warning(
                Warning.Kind.UNREACHABLE,
                found.rule().origin(),
                callers.isEmpty()
                        ? "this rule matches nothing that " + chain.name() + " sees"
                        : "this rule matches nothing of what comes into chain " + chain.name(),
                callers,
                "correct its conditions" + (callers.isEmpty() ? "" : " or those of the rules that lead here")
                        + ", or delete it");
    }

    private static Warning unused(Chain chain) {
        Origin place = chain.origin() == null ? new Origin("", 1, chain.name()) : chain.origin();
        return new Warning(
                Warning.Kind.NO_CALLER,
                place,
                "no built-in chain leads to chain " + chain.name() + ", so its rules are never asked",
                List.of(),
                "add a rule with -j " + chain.name() + " to the chain it is for, or delete it");
    }

    /** Each line once, and not too many. */
    private static List<Origin> origins(List<Rule> rules) {
        List<Origin> origins = new ArrayList<>();
        for (Rule rule : rules) {
            if (!origins.contains(rule.origin()) && origins.size() < MOST_NAMED) {
                origins.add(rule.origin());
            }
        }
        return origins;
    }
}
