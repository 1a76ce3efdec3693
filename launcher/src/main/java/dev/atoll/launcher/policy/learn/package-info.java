/** What {@code policy learn} does: reads flow logs, folds what they saw, and writes a policy that allows it. */
@NullMarked
package dev.atoll.launcher.policy.learn;

import org.jspecify.annotations.NullMarked;
