/** Packets in memory: pooled direct buffers with room for headers, and what is known about each. */
@NullMarked
package dev.atoll.stack.buffer;

import org.jspecify.annotations.NullMarked;
