@NullMarked
package dev.atoll.runtime.link;

import org.jspecify.annotations.NullMarked;
