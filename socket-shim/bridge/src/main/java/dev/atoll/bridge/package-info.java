/**
 * The few classes that extend {@code sun.nio.ch} and {@code sun.net} types, and the doors that edited JDK methods call.
 *
 * <p>On the boot class path: this is all of Atoll that {@code java.base} can see. It decides nothing; every call goes on
 * to the {@link dev.atoll.bridge.Backend} that the shim opened the doors with.
 */
@NullMarked
package dev.atoll.bridge;

import org.jspecify.annotations.NullMarked;
