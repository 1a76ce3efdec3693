package dev.atoll.stack.options;

import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.wire.MacAddress;

/**
 * What is known of a frame that a packet endpoint received: {@code sockaddr_ll} of packet(7).
 *
 * @param nicId the NIC it came in by or went out by
 * @param etherType number of the protocol it carries
 * @param type to whom it was sent, or that it went out from here
 * @param source link address of its sender; zero on links without
 * @param lengthBytes how long it was, however much of it was taken
 * @param timeNs the clock's monotonic time at which it came in or went out, nanoseconds
 */
public record ReceivedFrame(
        int nicId, int etherType, PacketType type, MacAddress source, int lengthBytes, long timeNs) {}
