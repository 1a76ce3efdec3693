/** A stream whose goodput is measured, for {@code .ci/goodput}. */
@NullMarked
package dev.atoll.examples.goodput;

import org.jspecify.annotations.NullMarked;
