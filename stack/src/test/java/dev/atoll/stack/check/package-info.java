/**
 * A second opinion on frames: decodes and encodes them, and checks what tests expect of them, without the stack's own
 * wire code, so that a bug there is seen. Only the address value types are shared.
 */
@NullMarked
package dev.atoll.stack.check;

import org.jspecify.annotations.NullMarked;
