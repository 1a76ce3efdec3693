@NullMarked
package dev.atoll.launcher.policy.space;

import org.jspecify.annotations.NullMarked;
