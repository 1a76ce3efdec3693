package dev.atoll.examples.embedding;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A port proxy: connections to port 80, whatever the address, go to a server of ours; others are refused. */
final class PortProxy {
    private static final FullAddress SERVER = new FullAddress(Cable.LEFT, 8080);

    private PortProxy() {}

    private static void decide(Stack proxy, TcpForwardRequest request) throws StackException {
        if (request.id().localPort() != 80) {
            request.refuse();
            return;
        }
        TcpEndpoint onward = proxy.newTcpEndpoint();
        onward.connect(SERVER);
        TcpEndpoint taken = request.accept();
        onward.setReadinessListener((endpoint, readiness) -> copy(onward, taken));
    }

    private static void copy(TcpEndpoint from, TcpEndpoint to) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(1000);
            from.read(bytes);
            to.write(bytes.flip());
        } catch (StackException e) {
            to.abort();
        }
    }

    public static void main(String[] args) throws StackException {
        Queue<TcpForwardRequest> requests = new ArrayDeque<>();
        try (Cable cable = new Cable(builder -> builder.tcpForwarder(100, requests::add), link -> link)) {
            cable.left
                    .routes()
                    .add(Subnet.V4_ALL, Cable.RIGHT, cable.left.nics().get(1));
            cable.right.nics().get(1).setPromiscuous(true);
            Greeter.serve(cable.left, SERVER);
            for (int port : new int[] {80, 22}) {
                TcpEndpoint client = cable.left.newTcpEndpoint();
                client.connect(new FullAddress(IpAddress.parse("192.0.2.7"), port));
                cable.runUntil(() -> !requests.isEmpty());
                decide(cable.right, requests.remove());
                cable.runUntil(() -> client.readiness() != 0 && (client.available() > 0 || port != 80));
                System.out.println(port + ": " + client.available() + " bytes, error " + client.takeError());
            }
        }
    }
}
