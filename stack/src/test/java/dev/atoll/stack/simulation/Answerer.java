package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Answers {@link Questions}. */
final class Answerer extends Program {
    private final Questions questions;
    private UdpEndpoint endpoint;
    private final ByteBuffer buffer = ByteBuffer.allocate(Questions.MAX_BYTES + 1);

    Answerer(Questions questions) throws StackException {
        this.questions = questions;
        endpoint = questions.pair().server().stack().newUdpEndpoint();
        FullAddress service = questions.pair().service();
        endpoint.bind(new FullAddress(service.address().isV4() ? IpAddress.V4_ANY : IpAddress.V6_ANY, service.port()));
        endpoint.setReadinessListener(this);
    }

    @Override
    void run() {
        boolean more = true;
        while (more) {
            try {
                FullAddress from = endpoint.receive(buffer.clear());
                more = from != null;
                if (from != null) {
                    endpoint.send(questions.answer(buffer.flip()), from);
                }
            } catch (StackException e) {
                questions.excuse(e, /* byConnected= */ false);
            }
        }
    }

    @Override
    void end() {
        endpoint.close();
    }

    @Override
    List<Endpoint> endpoints() {
        return List.of(endpoint);
    }

    @Override
    void moved(RestoredStack restored) {
        endpoint = again(restored, endpoint, UdpEndpoint.class);
    }
}
