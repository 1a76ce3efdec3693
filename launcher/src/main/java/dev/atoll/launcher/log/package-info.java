/** The launcher's own log, on Logback: set up by code, as there is nothing to configure but what the settings say. */
@NullMarked
package dev.atoll.launcher.log;

import org.jspecify.annotations.NullMarked;
