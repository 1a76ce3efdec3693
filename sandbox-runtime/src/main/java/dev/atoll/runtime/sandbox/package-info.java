/** A running stack from one description: what a program that embeds Atoll uses. */
@NullMarked
package dev.atoll.runtime.sandbox;

import org.jspecify.annotations.NullMarked;
