/** What users run: {@code atoll.jar} as a process, with programs in its sandbox. */
@NullMarked
package dev.atoll.launcher.jar;

import org.jspecify.annotations.NullMarked;
