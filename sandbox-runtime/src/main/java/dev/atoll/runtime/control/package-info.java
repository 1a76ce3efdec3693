/**
 * What launcher and program say to each other: records over the control descriptor, a Unix stream socket pair that the
 * program's JVM inherits. Each side closes its end to say stop.
 *
 * <p>Start with {@link dev.atoll.runtime.control.ControlRecord}; {@link dev.atoll.runtime.control.ControlCodec} has the
 * form on the wire. What comes from the program is untrusted: every size is bounded, and a record that is not in form
 * is a {@link dev.atoll.runtime.control.ControlFault}, after which nothing more is read.
 */
@NullMarked
package dev.atoll.runtime.control;

import org.jspecify.annotations.NullMarked;
