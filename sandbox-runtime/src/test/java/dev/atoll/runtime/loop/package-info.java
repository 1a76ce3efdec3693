@NullMarked
package dev.atoll.runtime.loop;

import org.jspecify.annotations.NullMarked;
