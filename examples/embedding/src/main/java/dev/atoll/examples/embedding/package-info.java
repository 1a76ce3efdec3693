/** The stack as a library: one program for each of its doors. {@code docs/embedding.md} quotes them. */
@NullMarked
package dev.atoll.examples.embedding;

import org.jspecify.annotations.NullMarked;
