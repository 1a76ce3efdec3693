/**
 * What the runtime needs that extends types of {@code java.base} which are not exported: compiled apart from the rest,
 * which sees nothing but the JDK's public API.
 *
 * <p>{@code java.base/sun.nio.ch} must be open to this package's module before a class of it is used.
 */
@NullMarked
package dev.atoll.runtime.bridge;

import org.jspecify.annotations.NullMarked;
