package dev.atoll.stack.options;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.FullAddress;

/**
 * An error that the network reported about one message: an entry of the error queue of ip(7).
 *
 * @param error what is wrong
 * @param destination where the message was sent
 * @param mtuBytes the packet size the path carries if the message was too large, 0 if not known; else -1
 * @param payload what the report quoted of the message
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; the reader owns the bytes.
public record MessageError(StackError error, FullAddress destination, int mtuBytes, byte[] payload) {}
