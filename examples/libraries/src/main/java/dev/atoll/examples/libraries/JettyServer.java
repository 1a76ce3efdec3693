package dev.atoll.examples.libraries;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A Jetty server: {@code GET /} answers a greeting, {@code POST /echo} the body it got, as it comes.
 *
 * <p>Usage: {@code JettyServer PORT}. Serves until it is killed.
 */
public final class JettyServer {
    private static final byte[] GREETING = "hello from the island\n".getBytes(StandardCharsets.US_ASCII);

    private JettyServer() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: JettyServer PORT");
        }
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(Integer.parseInt(args[0]));
        server.addConnector(connector);
        server.setHandler(new GreetingAndEcho());
        server.start();
        System.out.println("listening on " + connector.getLocalPort());
        server.join();
    }

    private static final class GreetingAndEcho extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String path = Request.getPathInContext(request);
            if (path.equals("/echo")) {
                Content.copy(request, response, callback);
                return true;
            }
            if (path.equals("/")) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
                response.write(true, ByteBuffer.wrap(GREETING), callback);
                return true;
            }
            return false;
        }
    }
}
