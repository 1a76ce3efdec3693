/**
 * Which JDK methods are edited so that the network goes through the shim, for each JDK feature version, and the edits
 * themselves as pure functions from class file to class file.
 */
@NullMarked
package dev.atoll.hooks;

import org.jspecify.annotations.NullMarked;
