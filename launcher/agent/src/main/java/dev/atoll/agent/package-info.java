/** The one class of Atoll's on the program's class path. */
@NullMarked
package dev.atoll.agent;

import org.jspecify.annotations.NullMarked;
