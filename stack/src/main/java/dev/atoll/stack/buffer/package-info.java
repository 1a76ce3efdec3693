/**
 * Packets in memory: pooled direct buffers with room for headers, and what is known about each.
 *
 * <p>Under the hold of the stack whose pool it is, or by the one thread that made a packet outside any pool; none blocks.
 */
@NullMarked
package dev.atoll.stack.buffer;

import org.jspecify.annotations.NullMarked;
