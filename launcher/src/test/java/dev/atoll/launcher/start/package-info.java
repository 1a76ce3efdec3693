@NullMarked
package dev.atoll.launcher.start;

import org.jspecify.annotations.NullMarked;
