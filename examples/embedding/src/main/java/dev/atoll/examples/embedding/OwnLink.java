package dev.atoll.examples.embedding;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;

/** A link of one's own: every tenth frame is lost, and TCP makes up for it. */
final class OwnLink {
    private OwnLink() {}

    /** Loses frames on their way out. */
    private static final class LossyLink extends NestedLink {
        private int frames;
        private int lost;

        LossyLink(LinkEndpoint inner) {
            super(inner);
        }

        @Override
        public boolean transmit(PacketBuffer frame) {
            if (++frames % 10 == 0) {
                lost++;
                return true;
            }
            return super.transmit(frame);
        }
    }

    public static void main(String[] args) throws StackException {
        LossyLink[] lossy = new LossyLink[1];
        try (Cable cable = new Cable(builder -> {}, link -> lossy[0] = new LossyLink(link))) {
            TcpListener listener = cable.right.newTcpListener();
            listener.bind(new FullAddress(Cable.RIGHT, 80));
            listener.listen(1);
            TcpEndpoint sender = cable.left.newTcpEndpoint();
            sender.connect(new FullAddress(Cable.RIGHT, 80));
            cable.runUntil(() -> sender.readiness() != 0);
            TcpEndpoint receiver = listener.accept();
            if (receiver == null) {
                throw new IllegalStateException("nobody connected");
            }
            ByteBuffer data = ByteBuffer.allocate(100_000);
            ByteBuffer received = ByteBuffer.allocate(data.capacity());
            while (received.hasRemaining()) {
                sender.write(data);
                cable.runUntil(() -> receiver.available() > 0);
                receiver.read(received);
            }
            System.out.println(received.position() + " bytes arrived, " + lossy[0].lost + " frames were lost");
        }
    }
}
