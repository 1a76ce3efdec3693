/** ICMPv4 (RFC 792) as a host receives it: echo is answered, errors reach the endpoint they are about. */
@NullMarked
package dev.atoll.stack.icmp;

import org.jspecify.annotations.NullMarked;
