@NullMarked
package dev.atoll.stack.wire;

import org.jspecify.annotations.NullMarked;
