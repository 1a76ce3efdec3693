package dev.atoll.stack.frames;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A link whose other end is the test: keeps what the stack sends and delivers what it is given. */
public final class TestLink implements LinkEndpoint {
    public static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final int mtuBytes;
    private final Queue<byte[]> sent = new ArrayDeque<>();
    private @Nullable LinkDispatcher dispatcher;
    private boolean keeps = true;

    public TestLink(int mtuBytes) {
        this.mtuBytes = mtuBytes;
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public MacAddress linkAddress() {
        return MAC;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.PLAIN_ETHERNET;
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (keeps) {
            sent.add(frame.toArray());
        }
        return true;
    }

    @Override
    public void close() {
        sent.clear();
    }

    /** From now on what the stack sends is gone. */
    public void keepNothing() {
        keeps = false;
    }

    /** Under the stack's hold: a frame comes in. */
    public void deliver(byte[] frame) {
        LinkDispatcher to = Objects.requireNonNull(dispatcher);
        PacketBuffer packet = to.pool().allocate(frame.length);
        packet.data().put(packet.append(frame.length), frame);
        packet.arrivalNs = to.nowNs();
        to.deliver(packet);
    }

    /** The oldest frame the stack sent that was not taken yet, or null. */
    public byte @Nullable [] poll() {
        return sent.poll();
    }
}
