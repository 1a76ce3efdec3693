package dev.atoll.launcher.link;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked of the link.
 *
 * @param argument what stands after the colon of {@code --link KIND:ARGUMENT}, or empty
 * @param address the program's address and prefix, or null for a free one
 * @param router the next hop, or null for one that suits the address
 * @param mtuBytes the largest IP packet
 * @param offload whether packets may cross a TAP as super-segments and with their checksums open
 */
public record LinkRequest(
        String argument,
        @Nullable Address address,
        @Nullable IpAddress router,
        int mtuBytes,
        boolean offload) {}
