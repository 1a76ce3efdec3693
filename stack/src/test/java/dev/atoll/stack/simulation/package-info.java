/**
 * Several stacks on one seeded, bad network in virtual time. A seed decides everything: the same seed gives the same
 * run, event by event.
 */
@NullMarked
package dev.atoll.stack.simulation;

import org.jspecify.annotations.NullMarked;
