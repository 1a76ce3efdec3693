package dev.atoll.stack.filter;

/**
 * What matched one rule since the rule set came into force.
 *
 * @param bytes from the IP header on
 */
public record RuleCounters(Rule rule, long packets, long bytes) {}
