package dev.atoll.stack.filter;

import java.util.List;

/**
 * What went through one chain since the rule set came into force.
 *
 * @param policyPackets packets that the chain's policy decided; 0 for a user chain
 * @param policyBytes their bytes, from the IP header on
 * @param rules in the chain's order
 */
public record ChainCounters(
        Family family, TableName table, Chain chain, long policyPackets, long policyBytes, List<RuleCounters> rules) {
    public ChainCounters {
        rules = List.copyOf(rules);
    }
}
