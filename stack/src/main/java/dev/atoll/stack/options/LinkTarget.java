package dev.atoll.stack.options;

import dev.atoll.stack.wire.MacAddress;

/**
 * Where a packet endpoint sends.
 *
 * @param nicId the NIC, or 0 for the one the endpoint is bound to
 * @param etherType number of the protocol the frame carries; not looked at if the endpoint writes link headers itself
 * @param linkAddress to whom; not looked at if the endpoint writes link headers itself
 */
public record LinkTarget(int nicId, int etherType, MacAddress linkAddress) {}
