/** What a stack gets from outside: time, randomness, the thread that drives it; and the errors it gives back. */
@NullMarked
package dev.atoll.stack.env;

import org.jspecify.annotations.NullMarked;
