/** Frames that nobody sends on purpose: what the stack makes of them, by the million. */
@NullMarked
package dev.atoll.stack.fuzz;

import org.jspecify.annotations.NullMarked;
