/** UDP (RFC 768). */
@NullMarked
package dev.atoll.stack.udp;

import org.jspecify.annotations.NullMarked;
