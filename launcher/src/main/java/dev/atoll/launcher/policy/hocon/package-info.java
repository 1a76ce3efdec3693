/** The friendlier form of a policy, in HOCON; decision 0242. */
@NullMarked
package dev.atoll.launcher.policy.hocon;

import org.jspecify.annotations.NullMarked;
