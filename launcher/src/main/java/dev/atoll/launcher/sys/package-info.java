/** The few system calls Java lacks, through JNA; Linux and glibc only. Nothing here knows what Atoll is. */
@NullMarked
package dev.atoll.launcher.sys;

import org.jspecify.annotations.NullMarked;
