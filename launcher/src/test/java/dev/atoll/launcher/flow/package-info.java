@NullMarked
package dev.atoll.launcher.flow;

import org.jspecify.annotations.NullMarked;
