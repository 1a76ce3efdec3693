/** Programs over well-known libraries, none of which knows that it may run on a network stack of its own. */
@NullMarked
package dev.atoll.examples.libraries;

import org.jspecify.annotations.NullMarked;
