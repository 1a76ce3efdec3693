/** How fast TCP sends: what a congestion control is to a connection, and the window that it moves. */
@NullMarked
package dev.atoll.stack.congestion;

import org.jspecify.annotations.NullMarked;
