/** The launcher: what {@code java -jar atoll.jar} runs. Start with {@link dev.atoll.launcher.Main}. */
@NullMarked
package dev.atoll.launcher;

import org.jspecify.annotations.NullMarked;
