/**
 * Runs packet scripts, in the language of packetdrill, against a stack in virtual time.
 *
 * <p>{@code Lexer} and {@code Parser} turn text into a {@code Script}; {@code ScriptRunner} plays it: system calls go to
 * the endpoints of a stack, inbound packets into its link, and outbound packets are compared with what the link caught.
 */
@NullMarked
package dev.atoll.stack.packetdrill;

import org.jspecify.annotations.NullMarked;
