@NullMarked
package dev.atoll.runtime.sandbox;

import org.jspecify.annotations.NullMarked;
