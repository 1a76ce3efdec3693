@NullMarked
package dev.atoll.launcher.supervise;

import org.jspecify.annotations.NullMarked;
