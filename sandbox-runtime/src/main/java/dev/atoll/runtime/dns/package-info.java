/** Name lookups over a stack: hosts file, messages, servers (RFC 1034, 1035). */
@NullMarked
package dev.atoll.runtime.dns;

import org.jspecify.annotations.NullMarked;
