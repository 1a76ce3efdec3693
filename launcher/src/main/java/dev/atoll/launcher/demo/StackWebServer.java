package dev.atoll.launcher.demo;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A web server straight on a stack's endpoints, without a thread of its own: it works when a readiness listener is
 * called, in whichever thread had the stack. It ends with the stack.
 */
final class StackWebServer {
    private static final Logger LOG = LoggerFactory.getLogger(StackWebServer.class);
    private static final int BACKLOG = 16;

    private final byte[] answer;

    private StackWebServer(byte[] answer) {
        this.answer = answer;
    }

    /** Listens on a port of every address of the stack. */
    static void start(Stack stack, int port, String text) throws StackException {
        StackWebServer server = new StackWebServer(WebPage.answer(text));
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, port));
        listener.listen(BACKLOG);
        listener.setReadinessListener((endpoint, readiness) -> server.accept(listener));
    }

    private void accept(TcpListener listener) {
        try {
            TcpEndpoint next = listener.accept();
            while (next != null) {
                next.setReadinessListener(new Exchange(next, answer));
                next = listener.accept();
            }
        } catch (StackException e) {
            // The stack was closed, and the listener with it.
            LOG.debug("the demo's server accepts no more: {}", e.toString());
        }
    }

    /** One request and its answer. Several threads may be told of readiness at once. */
    private static final class Exchange implements ReadinessListener {
        private final TcpEndpoint endpoint;
        private final ByteBuffer request = ByteBuffer.allocate(WebPage.MAX_REQUEST_BYTES);
        private final ByteBuffer answer;
        private boolean over;

        Exchange(TcpEndpoint endpoint, byte[] answer) {
            this.endpoint = endpoint;
            this.answer = ByteBuffer.wrap(answer);
        }

        @Override
        public synchronized void onReady(Endpoint which, int readiness) {
            if (over) {
                return;
            }
            try {
                if (readRequest()) {
                    writeAnswer();
                }
            } catch (StackException e) {
                LOG.debug("a request to the demo's server failed: {}", e.toString());
                abort();
            }
        }

        /** Whether the request is whole. */
        private boolean readRequest() throws StackException {
            while (!WebPage.isWhole(request)) {
                int count = request.hasRemaining() ? endpoint.read(request) : Endpoint.END_OF_STREAM;
                if (count == Endpoint.END_OF_STREAM) {
                    abort();
                    return false;
                }
                if (count == Endpoint.WOULD_BLOCK) {
                    return false;
                }
            }
            return true;
        }

        private void writeAnswer() throws StackException {
            while (answer.hasRemaining()) {
                if (endpoint.write(answer) == Endpoint.WOULD_BLOCK) {
                    return;
                }
            }
            over = true;
            endpoint.close();
        }

        private void abort() {
            over = true;
            endpoint.abort();
        }
    }
}
