/**
 * The formats on the wire. For each header a flyweight of static accessors over a buffer and an offset, which judges
 * nothing, and where code wants a value a record that was checked.
 */
@NullMarked
package dev.atoll.stack.wire;

import org.jspecify.annotations.NullMarked;
