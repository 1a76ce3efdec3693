@NullMarked
package dev.atoll.launcher.demo;

import org.jspecify.annotations.NullMarked;
