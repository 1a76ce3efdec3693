/** IPv4: routes, sending, receiving, local delivery, and the ICMP errors it owes. */
@NullMarked
package dev.atoll.stack.ip;

import org.jspecify.annotations.NullMarked;
