/** Tests of one localhost, with sockets of the kernel's as the other programs. */
@NullMarked
package dev.atoll.runtime.localhost;

import org.jspecify.annotations.NullMarked;
