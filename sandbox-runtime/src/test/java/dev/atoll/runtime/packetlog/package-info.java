@NullMarked
package dev.atoll.runtime.packetlog;

import org.jspecify.annotations.NullMarked;
