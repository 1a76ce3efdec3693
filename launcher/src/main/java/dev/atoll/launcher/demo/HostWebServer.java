package dev.atoll.launcher.demo;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The same server on the host's kernel, with a daemon thread that serves one request after the other. */
final class HostWebServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(HostWebServer.class);
    private static final int BACKLOG = 16;
    private static final int LIMIT_MS = 5_000;

    private final ServerSocket listener;
    private final byte[] answer;

    private HostWebServer(ServerSocket listener, byte[] answer) {
        this.listener = listener;
        this.answer = answer;
    }

    /** Listens when it returns. */
    static HostWebServer start(InetAddress address, int port, String text) throws IOException {
        HostWebServer server = new HostWebServer(new ServerSocket(port, BACKLOG, address), WebPage.answer(text));
        Thread thread = new Thread(server::serve, "atoll-demo-" + port);
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.setSoTimeout(LIMIT_MS);
                if (readRequest(socket.getInputStream())) {
                    socket.getOutputStream().write(answer);
                }
            } catch (IOException e) {
                // Either this one client failed, or the listener was closed and the loop ends.
                LOG.debug("a request to the demo's server failed: {}", e.toString());
            }
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(WebPage.MAX_REQUEST_BYTES);
        while (!WebPage.isWhole(request)) {
            int next = request.hasRemaining() ? in.read() : -1;
            if (next < 0) {
                return false;
            }
            request.put((byte) next);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
