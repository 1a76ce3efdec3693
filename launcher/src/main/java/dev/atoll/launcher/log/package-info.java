/** The launcher's own log. */
@NullMarked
package dev.atoll.launcher.log;

import org.jspecify.annotations.NullMarked;
