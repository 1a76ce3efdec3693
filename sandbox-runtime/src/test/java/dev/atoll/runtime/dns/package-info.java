@NullMarked
package dev.atoll.runtime.dns;

import org.jspecify.annotations.NullMarked;
