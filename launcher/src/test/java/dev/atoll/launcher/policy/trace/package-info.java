@NullMarked
package dev.atoll.launcher.policy.trace;

import org.jspecify.annotations.NullMarked;
