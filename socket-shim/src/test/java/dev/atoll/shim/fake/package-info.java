/** A stack in memory: the endpoint API without a protocol, for tests of the shim that need situations on demand. */
@NullMarked
package dev.atoll.shim.fake;

import org.jspecify.annotations.NullMarked;
