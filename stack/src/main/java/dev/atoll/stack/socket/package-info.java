/**
 * Endpoints for the outside: what a program does with a socket.
 *
 * <p>Every method may be called from any thread. None blocks for the network: an operation that would have to wait
 * says so with its return value, and a {@link dev.atoll.stack.socket.ReadinessListener} tells when to try again.
 */
@NullMarked
package dev.atoll.stack.socket;

import org.jspecify.annotations.NullMarked;
