/**
 * What the filter makes of one connection, step by step. {@link dev.atoll.launcher.policy.trace.TracedRules} has the stack's own
 * filter tell where it goes; decision 0241.
 */
@NullMarked
package dev.atoll.launcher.policy.trace;

import org.jspecify.annotations.NullMarked;
