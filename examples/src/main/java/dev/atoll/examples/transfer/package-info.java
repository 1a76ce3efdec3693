/** Moving a stream of known bytes over one TCP connection, to see that it arrives. JDK classes only. */
@NullMarked
package dev.atoll.examples.transfer;

import org.jspecify.annotations.NullMarked;
