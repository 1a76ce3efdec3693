/**
 * Policy text: reads the iptables-save form into a {@link dev.atoll.stack.filter.RuleSet}, prints it back, and carries a
 * rule set as bytes from the launcher to the program. {@link dev.atoll.runtime.policy.PolicyParser} is where to start;
 * docs/policy.md is the language.
 */
@NullMarked
package dev.atoll.runtime.policy;

import org.jspecify.annotations.NullMarked;
