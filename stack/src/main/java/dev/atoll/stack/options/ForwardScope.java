package dev.atoll.stack.options;

import dev.atoll.stack.wire.IpAddress;

/** To which addresses something has to go for a forwarder to be asked about it. */
public enum ForwardScope {
    /** To any that the stack takes packets for. */
    EVERYWHERE,
    /** To those of 127.0.0.0/8 and to ::1 alone, where only this host's own programs are. */
    LOOPBACK;

    /** Whether an address is in it; the halves as {@link IpAddress} has them. */
    public boolean has(long high, long low) {
        return this == EVERYWHERE || IpAddress.isLoopback(high, low);
    }
}
