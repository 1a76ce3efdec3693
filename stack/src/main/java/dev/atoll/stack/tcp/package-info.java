/**
 * TCP (RFC 9293), split by role: {@code Connection} owns the state and the timers, {@code SegmentArrival} walks the
 * state machine, {@code Sender} and {@code Receiver} have one direction each.
 */
@NullMarked
package dev.atoll.stack.tcp;

import org.jspecify.annotations.NullMarked;
