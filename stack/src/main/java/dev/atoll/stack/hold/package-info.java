/** Who may run protocol code, one at a time, and what is told to whom afterwards. */
@NullMarked
package dev.atoll.stack.hold;

import org.jspecify.annotations.NullMarked;
