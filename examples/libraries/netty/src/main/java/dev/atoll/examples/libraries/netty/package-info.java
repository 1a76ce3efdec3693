/** Programs over Netty's NIO transport, by itself and below other libraries. */
@NullMarked
package dev.atoll.examples.libraries.netty;

import org.jspecify.annotations.NullMarked;
