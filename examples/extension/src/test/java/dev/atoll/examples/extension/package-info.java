@NullMarked
package dev.atoll.examples.extension;

import org.jspecify.annotations.NullMarked;
