@NullMarked
package dev.atoll.launcher.policy.learn;

import org.jspecify.annotations.NullMarked;
