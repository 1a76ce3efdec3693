@NullMarked
package dev.atoll.launcher.sys;

import org.jspecify.annotations.NullMarked;
