package dev.atoll.shim;

import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;

/**
 * Whether a host answers: as the JDK does it where it may not send an echo request, by a connection to the echo port (7).
 * A refusal is an answer too.
 */
final class Reachability {
    private static final int ECHO_PORT = 7;

    private Reachability() {}

    static boolean probe(ShimContext context, IpAddress address, int timeoutMillis) throws IOException {
        ClientSocketCore socket = new ClientSocketCore(context);
        socket.create(true);
        try {
            socket.connect(new InetSocketAddress(Addresses.toJava(address), ECHO_PORT), timeoutMillis);
            return true;
        } catch (ConnectException e) {
            String text = e.getMessage();
            return text != null && text.equals("Connection refused");
        } catch (IOException e) {
            return false; // no route or no answer: not reachable is what was asked
        } finally {
            socket.close();
        }
    }
}
