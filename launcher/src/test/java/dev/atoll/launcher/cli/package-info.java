@NullMarked
package dev.atoll.launcher.cli;

import org.jspecify.annotations.NullMarked;
