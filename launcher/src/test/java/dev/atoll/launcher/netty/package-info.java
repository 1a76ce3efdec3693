@NullMarked
package dev.atoll.launcher.netty;

import org.jspecify.annotations.NullMarked;
