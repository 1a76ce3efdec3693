/**
 * What is set on a stack as a whole, and what its connections tell of themselves.
 *
 * <p>Values, and copies of what a stack has: from any thread, and none blocks. A {@code TcpTuning} belongs to one thread until it
 * is given to a stack, which copies it. {@code TcpProbe} says how it is called.
 */
@NullMarked
package dev.atoll.stack.options;

import org.jspecify.annotations.NullMarked;
