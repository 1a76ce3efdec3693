/** The command line: commands, options, help, and what a mistyped word may have meant. */
@NullMarked
package dev.atoll.launcher.cli;

import org.jspecify.annotations.NullMarked;
