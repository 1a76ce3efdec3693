/** The flow log: a record for each flow of a run, as lines of JSON that {@code docs/flow-log.md} describes. */
@NullMarked
package dev.atoll.launcher.flow;

import org.jspecify.annotations.NullMarked;
