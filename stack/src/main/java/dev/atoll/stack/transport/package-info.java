/** What the transport protocols share: finding the endpoint of a packet, and ports. */
@NullMarked
package dev.atoll.stack.transport;

import org.jspecify.annotations.NullMarked;
