@NullMarked
package dev.atoll.launcher;

import org.jspecify.annotations.NullMarked;
