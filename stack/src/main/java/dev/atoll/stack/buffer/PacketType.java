package dev.atoll.stack.buffer;

/** To whom a frame was sent, in the words of packet(7). */
public enum PacketType {
    HOST,
    BROADCAST,
    MULTICAST,
    OTHERHOST,
    OUTGOING
}
