/** Unmodified programs for child JVMs: they know nothing of Atoll. */
@NullMarked
package dev.atoll.shim.agent.programs;

import org.jspecify.annotations.NullMarked;
