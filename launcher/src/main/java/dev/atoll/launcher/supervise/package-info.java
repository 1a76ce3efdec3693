/** What the launcher does while the program runs, and how it says how that ended. */
@NullMarked
package dev.atoll.launcher.supervise;

import org.jspecify.annotations.NullMarked;
