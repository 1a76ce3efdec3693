package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.IpSet;
import java.util.Map;

/**
 * What a policy's text refers to and does not say itself.
 *
 * @param hosts host names
 * @param sets those that {@code -m set} may name, by their names
 */
record Lookups(HostResolver hosts, Map<String, IpSet> sets) {}
