/** Child JVMs with the hooks in force and a stack in memory behind the doors. */
@NullMarked
package dev.atoll.shim.agent;

import org.jspecify.annotations.NullMarked;
