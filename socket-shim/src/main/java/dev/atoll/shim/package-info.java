/**
 * {@code java.net} and {@code java.nio} providers over the stack's socket API.
 *
 * <p>{@link dev.atoll.shim.Shim} is the way in. Everything is per instance: a program that embeds Atoll can have several
 * stacks, each with providers of its own.
 */
@NullMarked
package dev.atoll.shim;

import org.jspecify.annotations.NullMarked;
