/**
 * The formats on the wire. For each header a flyweight of static accessors over a buffer and an offset, which judges
 * nothing, and where code wants a value a record that was checked.
 *
 * <p>Values, and functions without state, from any thread; a buffer that they read or write, and an object that options are
 * read into, belongs to the caller. None blocks.
 */
@NullMarked
package dev.atoll.stack.wire;

import org.jspecify.annotations.NullMarked;
