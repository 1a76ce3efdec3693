package dev.atoll.stack.raw;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.options.LinkTarget;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.ReceivedFrame;
import dev.atoll.stack.transport.MessagePort;
import dev.atoll.stack.transport.PacketQueue;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One packet endpoint: frames of a NIC or of all, of an EtherType or of all. Under the stack's hold. */
public final class PacketPort {
    /** ETH_P_ALL: frames of every EtherType. */
    public static final int ALL_TYPES = 3;

    private final PacketLayer layer;
    private final boolean cooked;
    private final PacketQueue queue = new PacketQueue();
    private MessagePort.Observer observer = () -> {};
    private int receiveBufferBytes;
    private int nicId;
    private int etherType;
    private boolean closed;
    /** Of the endpoint that has it, or 0. */
    private long uniqueId;

    PacketPort(PacketLayer layer, boolean cooked) {
        this.layer = layer;
        this.cooked = cooked;
        receiveBufferBytes = layer.tuning().bufferBytes();
    }

    public void setObserver(MessagePort.Observer newObserver) {
        observer = newObserver;
    }

    /** The limits of its options. */
    public MessageTuning tuning() {
        return layer.tuning();
    }

    boolean isCooked() {
        return cooked;
    }

    /**
     * Says which frames are received; before this, none.
     *
     * @param newNicId 0 for those of every NIC
     * @param newEtherType {@link #ALL_TYPES} for every type, 0 for none
     */
    public void bind(int newNicId, int newEtherType) throws StackException {
        if (newNicId != 0 && layer.routes().device(newNicId) == null) {
            throw new StackException(StackError.UNKNOWN_NIC, Integer.toString(newNicId));
        }
        nicId = newNicId;
        etherType = newEtherType;
        queue.clear();
    }

    public int nicId() {
        return nicId;
    }

    public int etherType() {
        return etherType;
    }

    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    public void setReceiveBufferBytes(int bytes) {
        receiveBufferBytes = bytes;
    }

    // --- In

    boolean wants(Device device, int frameType) {
        return (nicId == 0 || nicId == device.id()) && (etherType == ALL_TYPES || etherType == frameType);
    }

    /** Takes a frame, or leaves it to the caller if there is no room. */
    boolean deliver(PacketBuffer frame) {
        if (!queue.offer(frame, receiveBufferBytes)) {
            return false;
        }
        observer.readinessChanged();
        return true;
    }

    /** Takes the next frame, or null. */
    public @Nullable ReceivedFrame receive(ByteBuffer target) {
        PacketBuffer frame = queue.poll();
        if (frame == null) {
            return null;
        }
        int length = Math.min(target.remaining(), frame.linearLength());
        target.put(target.position(), frame.data(), frame.start(), length);
        target.position(target.position() + length);
        ReceivedFrame received = new ReceivedFrame(
                frame.nicId,
                frame.etherType,
                frame.type,
                new MacAddress(frame.linkSource),
                frame.linearLength(),
                frame.arrivalNs);
        frame.release();
        return received;
    }

    /** Bytes of the next frame, or -1. */
    public int nextLength() {
        PacketBuffer frame = queue.peek();
        return frame == null ? -1 : frame.linearLength();
    }

    public boolean isReadable() {
        return !queue.isEmpty();
    }

    // --- Out

    /** Sends one frame; {@link MessagePort#WOULD_BLOCK} if the link has no room. */
    public int send(ByteBuffer payload, @Nullable LinkTarget to) throws StackException {
        int through = to == null || to.nicId() == 0 ? nicId : to.nicId();
        Device device = layer.routes().device(through);
        if (device == null) {
            throw new StackException(StackError.UNKNOWN_NIC, Integer.toString(through));
        }
        if (cooked && to == null) {
            throw new StackException(StackError.DESTINATION_REQUIRED);
        }
        int headerBytes = device.capabilities().ethernet() ? Ethernet.HEADER_BYTES : 0;
        int length = payload.remaining();
        int packetBytes = cooked ? length : length - headerBytes;
        if (packetBytes < 0) {
            throw new StackException(StackError.INVALID, "a frame begins with its link header");
        }
        if (packetBytes > device.mtuBytes()) {
            throw new StackException(StackError.MESSAGE_TOO_LONG);
        }
        if (!device.isEnabled()) {
            throw new StackException(StackError.NETWORK_DOWN, device.name());
        }
        if (!device.hasRoom()) {
            device.awaitRoom(observer::readinessChanged);
            return MessagePort.WOULD_BLOCK;
        }
        PacketBuffer frame = layer.pool().allocate(length);
        int at = frame.append(length);
        frame.data().put(at, payload, payload.position(), length);
        payload.position(payload.limit());
        if (to != null && cooked) {
            device.sendFrame(frame, to.linkAddress().bits(), to.etherType());
        } else {
            device.sendRawFrame(frame);
        }
        return length;
    }

    // --- End

    void stackClosed() {
        queue.clear();
        observer.readinessChanged();
    }

    /** Gives everything back. */
    public void close() {
        if (!closed) {
            closed = true;
            observer = () -> {};
            layer.remove(this);
            queue.clear();
        }
    }

    /** Says which endpoint has it, 0 for none any more. */
    public void setUniqueId(long endpointId) {
        uniqueId = endpointId;
    }

    public long uniqueId() {
        return uniqueId;
    }

    void archive(Archive archive) {
        queue.archive(archive, layer.pool());
        receiveBufferBytes = archive.int32(receiveBufferBytes);
        nicId = archive.int32(nicId);
        etherType = archive.int32(etherType);
        closed = archive.bool(closed);
        uniqueId = archive.int64(uniqueId);
    }
}
