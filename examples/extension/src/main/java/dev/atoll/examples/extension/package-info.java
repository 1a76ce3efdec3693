/** A further link and a further report sink for the launcher, found by {@link java.util.ServiceLoader}. */
@NullMarked
package dev.atoll.examples.extension;

import org.jspecify.annotations.NullMarked;
