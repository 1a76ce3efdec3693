/** What is set on a stack as a whole, and what its connections tell of themselves. */
@NullMarked
package dev.atoll.stack.options;

import org.jspecify.annotations.NullMarked;
