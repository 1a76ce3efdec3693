@NullMarked
package dev.atoll.launcher.log;

import org.jspecify.annotations.NullMarked;
