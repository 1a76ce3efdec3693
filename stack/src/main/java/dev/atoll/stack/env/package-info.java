/**
 * What a stack gets from outside: time, randomness, the thread that drives it; and the errors it gives back.
 *
 * <p>Settings, errors and exceptions are values, from any thread. {@code Clock} and {@code Rng} are called under the hold;
 * {@code Cycle}, {@code Timer} and {@code TimerQueue} belong to it; counters are written under it and read from any thread.
 * {@code Driver} says for itself. None blocks but {@code DeafLock}, a lock.
 */
@NullMarked
package dev.atoll.stack.env;

import org.jspecify.annotations.NullMarked;
