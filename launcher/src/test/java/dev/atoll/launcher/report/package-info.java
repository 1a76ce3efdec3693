@NullMarked
package dev.atoll.launcher.report;

import org.jspecify.annotations.NullMarked;
