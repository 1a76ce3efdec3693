package dev.atoll.launcher.policy.learn;

import java.util.List;

/**
 * What was learned from logs.
 *
 * @param rules that allow what was seen, in the order in which they are written
 * @param logs how many logs there were
 * @param flows how many records they had
 * @param denied how many of these were of flows that a rule has denied
 * @param withDenied whether the rules allow these, too
 * @param local how many were of flows that never left the sandbox
 */
public record Learned(List<LearnedRule> rules, int logs, long flows, long denied, boolean withDenied, long local) {
    public Learned {
        rules = List.copyOf(rules);
    }

    Learned(FlowTable table, int logs) {
        this(LearnedRules.of(table.flows()), logs, table.lines(), table.denied(), table.isWithDenied(), table.local());
    }
}
