/**
 * What a policy does to all packets at once: address space instead of packets. {@link
 * dev.atoll.launcher.policy.space.Diagrams} is the algebra, {@link dev.atoll.launcher.policy.space.Matches} says which packets
 * a rule means, {@link dev.atoll.launcher.policy.space.Outcomes} what becomes of each. Decision 0240.
 */
@NullMarked
package dev.atoll.launcher.policy.space;

import org.jspecify.annotations.NullMarked;
