/** What a stack writes of itself to a stream, and is made from again. */
@NullMarked
package dev.atoll.stack.archive;

import org.jspecify.annotations.NullMarked;
