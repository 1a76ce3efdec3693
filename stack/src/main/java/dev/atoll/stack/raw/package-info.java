/** Endpoints below the transport protocols: packets of any protocol, and frames. */
@NullMarked
package dev.atoll.stack.raw;

import org.jspecify.annotations.NullMarked;
