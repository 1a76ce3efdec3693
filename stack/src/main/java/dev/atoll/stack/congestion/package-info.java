/**
 * How fast TCP sends: what a congestion control is to a connection, and the window that it moves.
 *
 * <p>Called under the hold of the connection's stack; none blocks.
 */
@NullMarked
package dev.atoll.stack.congestion;

import org.jspecify.annotations.NullMarked;
