/** What drives a stack: waits for its links and its deadlines, and runs it. */
@NullMarked
package dev.atoll.runtime.loop;

import org.jspecify.annotations.NullMarked;
