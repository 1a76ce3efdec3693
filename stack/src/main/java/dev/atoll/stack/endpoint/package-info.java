/** The endpoints of the socket API: each call takes the stack's hold, calls the protocol, and settles readiness. */
@NullMarked
package dev.atoll.stack.endpoint;

import org.jspecify.annotations.NullMarked;
