/** One localhost for a stack and for programs beside it: what is bound or asked for on loopback crosses to the kernel's and back. */
@NullMarked
package dev.atoll.runtime.localhost;

import org.jspecify.annotations.NullMarked;
