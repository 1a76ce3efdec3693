/** Atoll inside a program of one's own: a stack and its sockets by public interfaces alone, without agent or launcher. */
@NullMarked
package dev.atoll.examples.embedded;

import org.jspecify.annotations.NullMarked;
