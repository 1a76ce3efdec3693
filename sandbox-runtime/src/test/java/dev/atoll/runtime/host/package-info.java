/** What tests need of the host that Java does not give: socket pairs, TAP devices, network namespaces. */
@NullMarked
package dev.atoll.runtime.host;

import org.jspecify.annotations.NullMarked;
