/**
 * What a stack writes of itself to a stream, and is made from again.
 *
 * <p>An archive belongs to one thread; what passes through it is called under the hold. It is in memory, so none blocks.
 */
@NullMarked
package dev.atoll.stack.archive;

import org.jspecify.annotations.NullMarked;
