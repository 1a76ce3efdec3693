/** Network interfaces: their addresses, the neighbours on their links, ARP. */
@NullMarked
package dev.atoll.stack.nic;

import org.jspecify.annotations.NullMarked;
