/** Links over descriptors of the host: TAP devices and Unix stream sockets, in plain Java. */
@NullMarked
package dev.atoll.runtime.link;

import org.jspecify.annotations.NullMarked;
