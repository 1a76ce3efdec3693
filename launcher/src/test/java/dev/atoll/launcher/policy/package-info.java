@NullMarked
package dev.atoll.launcher.policy;

import org.jspecify.annotations.NullMarked;
