@NullMarked
package dev.atoll.launcher.config;

import org.jspecify.annotations.NullMarked;
