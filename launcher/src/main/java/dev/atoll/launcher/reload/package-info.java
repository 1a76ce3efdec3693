/** Other rules for a program that runs: read again on a signal, on {@code atoll reload}, when a file changes. */
@NullMarked
package dev.atoll.launcher.reload;

import org.jspecify.annotations.NullMarked;
