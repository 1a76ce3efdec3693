/** Packets that rules tell of, in the words of Linux's own log. */
@NullMarked
package dev.atoll.runtime.packetlog;

import org.jspecify.annotations.NullMarked;
