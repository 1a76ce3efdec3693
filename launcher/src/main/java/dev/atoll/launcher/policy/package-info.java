/** The commands that read policies without running anything: {@code policy check}, {@code explain}, {@code test} and so on. */
@NullMarked
package dev.atoll.launcher.policy;

import org.jspecify.annotations.NullMarked;
