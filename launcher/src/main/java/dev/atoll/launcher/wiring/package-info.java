/**
 * The launcher's services and how they find each other: one Guice module for each concern. Nothing here is loaded before
 * the program's JVM has been started.
 */
@NullMarked
package dev.atoll.launcher.wiring;

import org.jspecify.annotations.NullMarked;
