/** Programs over the shim, from outside its package. */
@NullMarked
package dev.atoll.shim.program;

import org.jspecify.annotations.NullMarked;
