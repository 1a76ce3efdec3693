/** A bad wire for real traffic: a program between two TAP devices of the kernel. */
@NullMarked
package dev.atoll.examples.badwire;

import org.jspecify.annotations.NullMarked;
