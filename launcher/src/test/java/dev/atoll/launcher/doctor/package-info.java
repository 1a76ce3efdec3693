@NullMarked
package dev.atoll.launcher.doctor;

import org.jspecify.annotations.NullMarked;
