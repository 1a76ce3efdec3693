package dev.atoll.stack.ip;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;

/**
 * The way to one destination.
 *
 * @param device where packets leave
 * @param source the local address they carry
 * @param destination where they go
 * @param nextHop who gets them on the link: a router, or the destination itself
 * @param broadcast the destination is a broadcast address
 */
public record Route(Device device, IpAddress source, IpAddress destination, IpAddress nextHop, boolean broadcast) {
    /** The largest IP packet the first link carries, bytes. */
    public int mtuBytes() {
        return Math.min(device.mtuBytes(), 0xffff);
    }
}
