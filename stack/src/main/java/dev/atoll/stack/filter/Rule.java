package dev.atoll.stack.filter;

import java.util.List;

/**
 * One rule: a packet that all matchers match meets the target.
 *
 * @param matchers asked in this order until one does not match; none matches every packet
 * @param target what becomes of a packet that matched; {@link StandardTarget#NONE} only counts it
 * @param origin where the rule was written
 */
public record Rule(List<Matcher> matchers, Target target, Origin origin) {
    public Rule {
        matchers = List.copyOf(matchers);
    }
}
