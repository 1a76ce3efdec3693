@NullMarked
package dev.atoll.launcher.control;

import org.jspecify.annotations.NullMarked;
