/** The agent, and the loader of what it starts. The boot loader has both, from the jar that the bridge is in. */
@NullMarked
package dev.atoll.agent;

import org.jspecify.annotations.NullMarked;
