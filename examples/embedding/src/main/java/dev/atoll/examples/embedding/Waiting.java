package dev.atoll.examples.embedding;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;

/** Blocking calls on an endpoint, for a thread that has nothing else to do. */
final class Waiting {
    private final TcpEndpoint endpoint;
    private final Semaphore changes = new Semaphore(0);

    Waiting(TcpEndpoint endpoint) {
        this.endpoint = endpoint;
        endpoint.setReadinessListener((who, readiness) -> changes.release());
    }

    void awaitConnected() throws StackException, InterruptedException {
        while ((endpoint.readiness() & (Readiness.OUT | Readiness.ERR)) == 0) {
            changes.acquire();
        }
        StackException error = endpoint.takeError();
        if (error != null) {
            throw error;
        }
    }

    int read(ByteBuffer target) throws StackException, InterruptedException {
        int count = endpoint.read(target);
        while (count == TcpEndpoint.WOULD_BLOCK) {
            changes.acquire();
            count = endpoint.read(target);
        }
        return count;
    }
}
