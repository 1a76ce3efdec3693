/** A stack alone with a test that makes every frame it gets and sees every frame it sends. */
@NullMarked
package dev.atoll.stack.frames;

import org.jspecify.annotations.NullMarked;
