@NullMarked
package dev.atoll.runtime.control;

import org.jspecify.annotations.NullMarked;
