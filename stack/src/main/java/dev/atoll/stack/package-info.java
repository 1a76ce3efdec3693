/**
 * Atoll's TCP/IP stack. {@link dev.atoll.stack.Stack} owns everything: make one with {@link
 * dev.atoll.stack.Stack#builder()}, give it NICs, addresses and routes, and open endpoints.
 *
 * <p>Methods of a stack and of what it hands out (NICs, tables, routes, a DHCP client, restored endpoints) may be called from
 * any thread, by listeners and under the hold too. They wait for the calls of other threads to end and for nothing else: none
 * blocks for the network. A {@code StackBuilder} belongs to one thread. What a caller implements says how it is called.
 */
@NullMarked
package dev.atoll.stack;

import org.jspecify.annotations.NullMarked;
