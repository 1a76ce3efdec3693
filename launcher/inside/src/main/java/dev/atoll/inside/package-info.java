/** What runs in the program's JVM: joins the runtime and the shim, and talks to the launcher. */
@NullMarked
package dev.atoll.inside;

import org.jspecify.annotations.NullMarked;
