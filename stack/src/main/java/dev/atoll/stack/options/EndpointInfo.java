package dev.atoll.stack.options;

import dev.atoll.stack.wire.TcpState;
import dev.atoll.stack.wire.TransportEndpointId;
import org.jspecify.annotations.Nullable;

/**
 * One line of the listing of endpoints, as ss(8) has it.
 *
 * @param uniqueId the endpoint's number, or 0 if nobody has it any more, or not yet
 * @param protocol protocol number
 * @param id its addresses and ports; a port of 0 and an unspecified address stand for any
 * @param nicId the NIC it is bound to, or 0
 * @param state where a connection is in its life; LISTEN for a listener; null for protocols without connections
 * @param receiveQueueBytes received and not read; for a listener the connections that wait
 * @param sendQueueBytes written and not acknowledged
 */
public record EndpointInfo(
        long uniqueId,
        int protocol,
        TransportEndpointId id,
        int nicId,
        @Nullable TcpState state,
        int receiveQueueBytes,
        int sendQueueBytes) {}
