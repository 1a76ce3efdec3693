package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MemoryTables;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A rule set that decides as another does and tells each step: around each of its matchers and targets is one that passes the
 * question on and notes the answer, and each chain begins and ends with a rule that matches nothing and notes that it was
 * asked. So it is the filter itself that walks, and what it does cannot differ from what is told.
 */
public final class TracedRules {
    private final Consumer<Step> steps;

    private TracedRules(Consumer<Step> steps) {
        this.steps = steps;
    }

    /** The same rules, told to {@code steps} as they are asked. */
    public static RuleSet of(RuleSet ruleSet, Consumer<Step> steps) {
        TracedRules traced = new TracedRules(steps);
        List<Table> tables = new ArrayList<>();
        for (Table table : ruleSet.tables()) {
            List<Chain> chains = new ArrayList<>();
            for (Chain chain : table.chains()) {
                chains.add(new Chain(chain.name(), chain.policy(), traced.rules(table, chain), chain.origin()));
            }
            tables.add(new Table(table.name(), table.family(), chains, table.origin()));
        }
        return RuleSet.of(tables);
    }

    private List<Rule> rules(Table table, Chain chain) {
        List<Rule> rules = new ArrayList<>();
        rules.add(marker(table, new Step.Entered(table, chain)));
        for (Rule rule : chain.rules()) {
            RuleTrace trace = new RuleTrace(chain, rule);
            List<Matcher> matchers = new ArrayList<>();
            for (Matcher matcher : rule.matchers()) {
                matchers.add(new TracedMatcher(trace, matcher, matcher));
            }
            rules.add(new Rule(matchers, new TracedTarget(trace, rule.target()), rule.origin()));
        }
        rules.add(marker(table, new Step.Ended(chain)));
        return rules;
    }

    private Rule marker(Table table, Step step) {
        Matcher note = context -> {
            steps.accept(step);
            return Matcher.Result.NO;
        };
        return new Rule(List.of(note), StandardTarget.NONE, table.origin());
    }

    /** One rule being asked. */
    private final class RuleTrace {
        private final Chain chain;
        private final Rule rule;

        /** Of the matchers that have matched the packet so far. */
        private final List<String> notes = new ArrayList<>();

        RuleTrace(Chain chain, Rule rule) {
            this.chain = chain;
            this.rule = rule;
        }

        Matcher.Result asked(Matcher matcher, Matcher.Result result, PacketContext context) {
            switch (result) {
                case YES -> {
                    String note = Reasons.dependsOn(matcher, context);
                    if (note != null) {
                        notes.add(note);
                    }
                }
                case NO -> tell(new Step.Missed(chain, rule, Reasons.whyNot(matcher, context)));
                case HOTDROP -> tell(new Step.Broken(chain, rule));
            }
            return result;
        }

        Target.Action acted(Target.Action action) {
            tell(new Step.Matched(chain, rule, action, List.copyOf(notes)));
            return action;
        }

        private void tell(Step step) {
            notes.clear();
            steps.accept(step);
        }
    }

    /**
     * Passes the question on.
     *
     * @param asked who answers: {@code written}, or what is in force in its place
     */
    private record TracedMatcher(RuleTrace trace, Matcher asked, Matcher written) implements Matcher {
        @Override
        public Result match(PacketContext context) {
            return trace.asked(written, asked.match(context), context);
        }

        @Override
        public Matcher inForce() {
            return new TracedMatcher(trace, asked.inForce(), written);
        }

        @Override
        public Matcher inForce(MemoryTables tables) {
            return new TracedMatcher(trace, asked.inForce(tables), written);
        }

        @Override
        public boolean needsConnTrack() {
            return asked.needsConnTrack();
        }

        @Override
        public Set<Hook> hooks() {
            return asked.hooks();
        }
    }

    /** Passes the packet on. What a target requires of its rule was checked of the rule that it is from. */
    private record TracedTarget(RuleTrace trace, Target acts) implements Target {
        @Override
        public Action apply(PacketContext context) {
            return trace.acted(acts.apply(context));
        }

        @Override
        public @Nullable String chain() {
            return acts.chain();
        }

        @Override
        public RejectWith rejectWith() {
            return acts.rejectWith();
        }

        @Override
        public boolean needsConnTrack() {
            return acts.needsConnTrack();
        }

        @Override
        public @Nullable TableName requiredTable() {
            return acts.requiredTable();
        }

        @Override
        public Set<Hook> hooks() {
            return acts.hooks();
        }
    }
}
