/** Who is told how a run goes and ends. */
@NullMarked
package dev.atoll.launcher.report;

import org.jspecify.annotations.NullMarked;
