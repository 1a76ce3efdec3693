@NullMarked
package dev.atoll.runtime.clock;

import org.jspecify.annotations.NullMarked;
