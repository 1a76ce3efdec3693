@NullMarked
package dev.atoll.launcher.link;

import org.jspecify.annotations.NullMarked;
