/**
 * The way from a command line to a program that runs in namespaces of its own. Start with {@link
 * dev.atoll.launcher.start.StartChain}; {@code docs/decisions/0601-namespaces-before-the-jvm.md} says why it is as it is.
 */
@NullMarked
package dev.atoll.launcher.start;

import org.jspecify.annotations.NullMarked;
