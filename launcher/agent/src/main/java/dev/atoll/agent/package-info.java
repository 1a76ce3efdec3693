/** The agent, and the jar with everything that runs in the program's JVM. */
@NullMarked
package dev.atoll.agent;

import org.jspecify.annotations.NullMarked;
