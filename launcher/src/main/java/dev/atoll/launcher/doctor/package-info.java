/**
 * The command {@code doctor}: whether this host has what the sandbox needs, and how to get what it lacks. Start with {@link
 * dev.atoll.launcher.doctor.Doctor}; a further check is a {@link dev.atoll.launcher.doctor.Check} in its list.
 *
 * <p>What can be tried is tried, since settings only hint at what the kernel will do. Checks see the host through {@link
 * dev.atoll.launcher.doctor.Host}, so that tests can make one up.
 */
@NullMarked
package dev.atoll.launcher.doctor;

import org.jspecify.annotations.NullMarked;
