/**
 * The settings: where they come from, which there are, what each may be. Start with {@link
 * dev.atoll.launcher.config.ConfigLoader}.
 */
@NullMarked
package dev.atoll.launcher.config;

import org.jspecify.annotations.NullMarked;
