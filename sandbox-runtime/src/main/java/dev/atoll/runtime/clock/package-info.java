/** Time and randomness of the host, as a stack takes them. */
@NullMarked
package dev.atoll.runtime.clock;

import org.jspecify.annotations.NullMarked;
