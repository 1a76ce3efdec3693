/**
 * Atoll's TCP/IP stack. {@link dev.atoll.stack.Stack} owns everything: make one with {@link
 * dev.atoll.stack.Stack#builder()}, give it NICs, addresses and routes, and open endpoints.
 */
@NullMarked
package dev.atoll.stack;

import org.jspecify.annotations.NullMarked;
