/** Tells routers which multicast groups a host listens to: IGMP for IPv4, MLD for IPv6. */
@NullMarked
package dev.atoll.stack.group;

import org.jspecify.annotations.NullMarked;
