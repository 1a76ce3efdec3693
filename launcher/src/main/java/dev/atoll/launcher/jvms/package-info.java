/**
 * The JVMs of a sandbox that the launcher has not started itself: they ask for a network at its door, have links of their own to
 * its switch, and are under the same policy.
 */
@NullMarked
package dev.atoll.launcher.jvms;

import org.jspecify.annotations.NullMarked;
