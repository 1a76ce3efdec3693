/** How the launcher's parts find each other once the program runs: one Guice module per concern. */
@NullMarked
package dev.atoll.launcher.wiring;

import org.jspecify.annotations.NullMarked;
