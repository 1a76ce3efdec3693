/**
 * Protocols that a stack does not have by itself: what one is to it, and what it is to one.
 *
 * <p>They are named when the {@linkplain dev.atoll.stack.StackBuilder stack is built} and run as its own do: under the
 * stack's hold, one call at a time, time standing still during each. They must not block.
 */
@NullMarked
package dev.atoll.stack.protocol;

import org.jspecify.annotations.NullMarked;
