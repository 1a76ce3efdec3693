package dev.atoll.examples.embedding;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.protocol.TransportContext;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A transport protocol of one's own: a number is sent, and who gets it sends back one less until it is 0. */
final class OwnProtocol implements TransportProtocol {
    private @Nullable TransportContext context;
    private final List<Integer> received = new ArrayList<>();

    @Override
    public int protocolNumber() {
        return 253; // For experiments (RFC 3692).
    }

    @Override
    public void attach(TransportContext newContext) {
        context = newContext;
    }

    @Override
    public TransportDisposition receive(PacketBuffer packet) {
        if (packet.linearLength() < Integer.BYTES) {
            return TransportDisposition.MALFORMED;
        }
        int number = packet.data().getInt(packet.start());
        received.add(number);
        if (number > 0) {
            send(number - 1, new IpAddress(packet.sourceHigh, packet.sourceLow));
        }
        return TransportDisposition.HANDLED;
    }

    private void send(int number, IpAddress to) {
        TransportContext stack = Objects.requireNonNull(context);
        PacketBuffer packet = stack.pool().allocate(Integer.BYTES);
        packet.data().putInt(packet.append(Integer.BYTES), number);
        stack.send(packet, null, new FullAddress(to, 0), 64, 0);
    }

    public static void main(String[] args) throws StackException {
        OwnProtocol left = new OwnProtocol();
        OwnProtocol right = new OwnProtocol();
        var both = List.of(left, right).iterator();
        try (Cable cable = new Cable(builder -> builder.transportProtocol(both.next()), link -> link)) {
            Objects.requireNonNull(left.context).execute(() -> left.send(5, Cable.RIGHT));
            cable.runUntil(() -> left.received.contains(0));
            System.out.println("left got " + left.received + ", right got " + right.received);
        }
    }
}
