package dev.atoll.launcher.jvms;

import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM has on the link that several share.
 *
 * @param addresses null for loopback alone
 * @param mac its hardware address
 * @param mtuBytes the largest IP packet
 */
public record Place(@Nullable LinkAddresses addresses, MacAddress mac, int mtuBytes) {}
