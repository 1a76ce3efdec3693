/** Debuggers of the host reach the program: a port of the host's loopback, and the process that leads from there inside. */
@NullMarked
package dev.atoll.launcher.debug;

import org.jspecify.annotations.NullMarked;
