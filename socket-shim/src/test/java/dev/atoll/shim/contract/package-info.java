/** What a socket does, as abstract tests that run on the JDK's own providers, the oracle, and on ours. */
@NullMarked
package dev.atoll.shim.contract;

import org.jspecify.annotations.NullMarked;
