package dev.atoll.shim.fake;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One end of a connection in memory: what one end writes is in the other's buffer at once. */
final class FakeTcp extends FakeEndpoint implements TcpEndpoint {
    private static final int CAPACITY = 65536;

    private final ByteBuffer received = ByteBuffer.allocate(CAPACITY).flip();
    private @Nullable FakeTcp peer;
    private TcpState state = TcpState.CLOSED;
    private boolean peerFinished;
    private boolean readShut;
    private boolean writeShut;
    private boolean resetAfterEnd;
    private @Nullable StackException broken;

    FakeTcp(FakeStack stack) {
        super(stack);
    }

    @Override
    public TcpInfo info() {
        throw new UnsupportedOperationException("a fake has no TCP_INFO");
    }

    @Override
    int bindLocked(FullAddress address) throws StackException {
        return stack.bindTcp(this, address);
    }

    @Override
    int readinessLocked() {
        if (closed) {
            return Readiness.HUP;
        }
        if (broken != null || pendingError != null) {
            return Readiness.IN | Readiness.OUT | Readiness.ERR | Readiness.HUP;
        }
        if (state == TcpState.SYN_SENT) {
            return 0;
        }
        if (state == TcpState.CLOSED) {
            return Readiness.OUT | Readiness.HUP;
        }
        int bits = 0;
        if (received.hasRemaining() || peerFinished || readShut) {
            bits |= Readiness.IN;
        }
        if (peerFinished) {
            bits |= Readiness.RDHUP;
        }
        if (peerFinished && writeShut) {
            bits |= Readiness.HUP;
        }
        if (writeShut || peer == null || peer.room() > 0) {
            bits |= Readiness.OUT;
        }
        return bits;
    }

    private int room() {
        return CAPACITY - received.remaining();
    }

    @Override
    public boolean connect(FullAddress target) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            if (state == TcpState.SYN_SENT) {
                throw new StackException(StackError.ALREADY_CONNECTING);
            }
            if (state != TcpState.CLOSED) {
                throw new StackException(StackError.ALREADY_CONNECTED);
            }
            FakeStack.checkRoute(target.address());
            if (local == null || local.address().isUnspecified()) {
                int port = local == null ? stack.ephemeralPort() : local.port();
                local = new FullAddress(target.address().isLoopback() ? target.address() : FakeStack.HOST, port);
            }
            remote = target;
            state = TcpState.SYN_SENT;
            FakeTcpListener listener = stack.listenerAt(target);
            if (FakeStack.isSwallowed(target.address())) {
                return false;
            }
            if (listener != null && listener.listens() && !listener.takes()) {
                listener.defer(this);
                return false;
            }
            if (listener == null || !listener.listens()) {
                state = TcpState.CLOSED;
                pendingError = new StackException(StackError.REFUSED);
            } else {
                join(listener, target);
            }
            stack.changed(this);
        }
        stack.tell();
        return false;
    }

    /** With the lock held: what a SYN sent again finds when there is room. */
    void connectDeferred(FakeTcpListener listener) {
        if (!closed && remote != null) {
            join(listener, remote);
            stack.changed(this);
        }
    }

    private void join(FakeTcpListener listener, FullAddress target) {
        FakeTcp other = new FakeTcp(stack);
        other.local = target;
        other.remote = local;
        other.peer = this;
        other.state = TcpState.ESTABLISHED;
        peer = other;
        state = TcpState.ESTABLISHED;
        listener.offer(other);
    }

    private void requireConnected() throws StackException {
        requireOpen();
        if (broken == null && (state == TcpState.CLOSED || state == TcpState.SYN_SENT)) {
            throw new StackException(StackError.NOT_CONNECTED);
        }
    }

    @Override
    public int read(ByteBuffer target) throws StackException {
        int count;
        synchronized (stack.lock) {
            requireConnected();
            if (readShut) {
                return END_OF_STREAM;
            }
            if (broken != null) {
                pendingError = null;
                throw new StackException(broken.error(), broken.detail());
            }
            if (!received.hasRemaining()) {
                return peerFinished ? END_OF_STREAM : WOULD_BLOCK;
            }
            count = Math.min(target.remaining(), received.remaining());
            int limit = received.limit();
            received.limit(received.position() + count);
            target.put(received);
            received.limit(limit);
            if (peer != null) {
                stack.changed(peer);
            }
        }
        stack.tell();
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws StackException {
        int count;
        synchronized (stack.lock) {
            requireConnected();
            if (broken != null) {
                // The first time what happened, unless a read has said so; then that the pipe is broken.
                StackError error = pendingError == null ? StackError.BROKEN_PIPE : broken.error();
                pendingError = null;
                throw new StackException(error);
            }
            if (writeShut || resetAfterEnd) {
                throw new StackException(StackError.BROKEN_PIPE);
            }
            FakeTcp to = peer;
            count = to == null ? takeLost(source) : to.take(source);
            if (count == 0 && source.hasRemaining()) {
                return WOULD_BLOCK;
            }
            if (to != null) {
                stack.changed(to);
            }
        }
        stack.tell();
        return count;
    }

    /** The peer has closed: the bytes leave, and a reset comes back. */
    private int takeLost(ByteBuffer source) {
        int count = source.remaining();
        source.position(source.limit());
        reset();
        return count;
    }

    private int take(ByteBuffer source) {
        if (readShut) {
            int count = source.remaining();
            source.position(source.limit());
            return count;
        }
        received.compact();
        int count = Math.min(source.remaining(), received.remaining());
        for (int i = 0; i < count; i++) {
            received.put(source.get());
        }
        received.flip();
        return count;
    }

    void breakWith(StackError error) {
        broken = new StackException(error);
        pendingError = broken;
        received.clear().flip();
        peer = null;
        state = TcpState.CLOSED;
        stack.changed(this);
    }

    /** As Linux does it: after a FIN a reset is not news to a reader, only to a writer (EPIPE). */
    private void reset() {
        if (peerFinished) {
            peer = null;
            resetAfterEnd = true;
            stack.changed(this);
        } else {
            breakWith(StackError.RESET);
        }
    }

    /** With the lock held: the peer of a connection that nobody will accept. */
    void resetPeer() {
        if (peer != null) {
            peer.reset();
        }
    }

    @Override
    public boolean sendUrgent(byte value) throws StackException {
        boolean inline;
        synchronized (stack.lock) {
            requireConnected();
            inline = peer != null && peer.getOption(EndpointOption.SO_OOBINLINE);
        }
        return !inline || write(ByteBuffer.wrap(new byte[] {value})) > 0;
    }

    @Override
    public int available() {
        synchronized (stack.lock) {
            return received.remaining();
        }
    }

    @Override
    public void shutdownRead() throws StackException {
        synchronized (stack.lock) {
            requireConnected();
            readShut = true;
            received.clear().flip();
            stack.changed(this);
        }
        stack.tell();
    }

    @Override
    public void shutdownWrite() throws StackException {
        synchronized (stack.lock) {
            requireConnected();
            finish();
            stack.changed(this);
        }
        stack.tell();
    }

    private void finish() {
        if (!writeShut) {
            writeShut = true;
            if (peer != null) {
                peer.peerFinished = true;
                stack.changed(peer);
            }
        }
    }

    @Override
    public void abort() {
        synchronized (stack.lock) {
            if (!closed) {
                closed = true;
                resetPeer();
                stack.changed(this);
            }
        }
        stack.tell();
    }

    @Override
    public void close() {
        synchronized (stack.lock) {
            if (!closed) {
                boolean reset = received.hasRemaining() || lingersNot();
                closed = true;
                if (reset) {
                    resetPeer();
                } else {
                    finish();
                    if (peer != null) {
                        peer.peer = null;
                    }
                }
                stack.changed(this);
            }
        }
        stack.tell();
    }

    private boolean lingersNot() {
        try {
            return getOption(EndpointOption.SO_LINGER) == 0;
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public TcpState state() {
        synchronized (stack.lock) {
            return state;
        }
    }

    @Override
    public int unacknowledgedBytes() {
        synchronized (stack.lock) {
            return peer == null ? 0 : peer.received.remaining();
        }
    }
}
