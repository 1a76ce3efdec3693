package dev.atoll.shim.fake;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

final class FakeTcpListener extends FakeEndpoint implements TcpListener {
    private final Deque<FakeTcp> waiting = new ArrayDeque<>();
    private final Deque<FakeTcp> deferred = new ArrayDeque<>();
    private int backlog;

    FakeTcpListener(FakeStack stack) {
        super(stack);
    }

    @Override
    int readinessLocked() {
        return waiting.isEmpty() ? 0 : Readiness.IN;
    }

    @Override
    int bindLocked(FullAddress address) throws StackException {
        return stack.bindTcp(this, address);
    }

    @Override
    public void listen(int newBacklog) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            bindIfNeeded();
            backlog = Math.max(newBacklog, 1);
        }
    }

    /** With the lock held. */
    boolean takes() {
        return backlog > 0 && waiting.size() < backlog;
    }

    boolean listens() {
        return backlog > 0;
    }

    /** With the lock held: connects when there is room. */
    void defer(FakeTcp connecting) {
        deferred.add(connecting);
    }

    void offer(FakeTcp accepted) {
        waiting.add(accepted);
        stack.changed(this);
    }

    @Override
    public @Nullable TcpEndpoint accept() throws StackException {
        TcpEndpoint accepted;
        synchronized (stack.lock) {
            requireOpen();
            if (backlog == 0) {
                throw new StackException(StackError.INVALID);
            }
            accepted = waiting.poll();
            FakeTcp next = accepted == null ? null : deferred.poll();
            if (next != null) {
                next.connectDeferred(this);
            }
        }
        stack.tell();
        return accepted;
    }

    @Override
    public void close() {
        synchronized (stack.lock) {
            if (!closed) {
                closed = true;
                if (local != null) {
                    stack.unbindTcp(local.port(), this);
                }
                for (FakeTcp each : waiting) {
                    each.resetPeer();
                }
                waiting.clear();
                stack.changed(this);
            }
        }
        stack.tell();
    }
}
