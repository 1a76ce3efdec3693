@NullMarked
package dev.atoll.launcher.wiring;

import org.jspecify.annotations.NullMarked;
