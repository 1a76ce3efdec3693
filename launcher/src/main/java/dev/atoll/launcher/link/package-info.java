/**
 * What carries the program's frames, as the launcher makes it. A further kind is a {@link dev.atoll.launcher.link.LinkKind}
 * found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.atoll.launcher.link;

import org.jspecify.annotations.NullMarked;
