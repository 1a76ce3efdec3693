package dev.atoll.shim.fake;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

final class FakeUdp extends FakeEndpoint implements UdpEndpoint {
    private static final int LARGEST = 65507;
    private static final int QUEUE = 100;

    private final Deque<Datagram> received = new ArrayDeque<>();
    private final Set<Membership> memberships = new HashSet<>();

    FakeUdp(FakeStack stack) {
        super(stack);
    }

    @Override
    int readinessLocked() {
        if (closed) {
            return Readiness.HUP;
        }
        int bits = Readiness.OUT;
        if (!received.isEmpty()) {
            bits |= Readiness.IN;
        }
        if (pendingError != null) {
            bits |= Readiness.IN | Readiness.ERR;
        }
        return bits;
    }

    @Override
    int bindLocked(FullAddress address) throws StackException {
        return stack.bindUdp(this, address);
    }

    @Override
    public void connect(FullAddress target) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            bindIfNeeded();
            remote = target;
        }
    }

    @Override
    public void disconnect() throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            remote = null;
        }
    }

    @Override
    public int send(ByteBuffer payload, @Nullable FullAddress target) throws StackException {
        int length = payload.remaining();
        synchronized (stack.lock) {
            requireOpen();
            throwPending();
            FullAddress to = target == null ? remote : target;
            if (to == null) {
                throw new StackException(StackError.DESTINATION_REQUIRED);
            }
            FakeStack.checkRoute(to.address());
            if (length > LARGEST) {
                throw new StackException(StackError.MESSAGE_TOO_LONG);
            }
            bindIfNeeded();
            byte[] bytes = new byte[length];
            payload.get(bytes);
            deliver(to, bytes);
        }
        stack.tell();
        return length;
    }

    private void deliver(FullAddress to, byte[] bytes) {
        FullAddress from = local;
        if (from == null || FakeStack.isSwallowed(to.address())) {
            return;
        }
        FakeUdp receiver = stack.datagramSocketAt(to);
        if (receiver == null) {
            if (remote != null) {
                pendingError = new StackException(StackError.REFUSED);
                stack.changed(this);
            }
            return;
        }
        IpAddress source = to.address().isLoopback() ? IpAddress.V4_LOOPBACK : FakeStack.HOST;
        receiver.take(new FullAddress(source, from.port()), to, bytes);
    }

    private void take(FullAddress from, FullAddress to, byte[] bytes) {
        boolean wanted = remote == null || remote.equals(from);
        boolean member =
                !to.address().isMulticast() || memberships.stream().anyMatch(each -> each.group.equals(to.address()));
        if (wanted && member && received.size() < QUEUE) {
            received.add(new Datagram(from, ByteBuffer.wrap(bytes)));
            stack.changed(this);
        }
    }

    private void throwPending() throws StackException {
        StackException error = takeError();
        if (error != null) {
            throw error;
        }
    }

    @Override
    public @Nullable FullAddress receive(ByteBuffer target) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            throwPending();
            Datagram next = received.poll();
            if (next == null) {
                return null;
            }
            next.bytes.limit(Math.min(next.bytes.limit(), target.remaining()));
            target.put(next.bytes);
            return next.from;
        }
    }

    @Override
    public @Nullable ReceivedMessage receiveMessage(ByteBuffer target) {
        throw new UnsupportedOperationException("the shim asks for no more than the sender");
    }

    @Override
    public @Nullable MessageError takeMessageError() {
        throw new UnsupportedOperationException("the shim does not turn the error queue on");
    }

    @Override
    public int nextLength() {
        synchronized (stack.lock) {
            Datagram next = received.peek();
            return next == null ? -1 : next.bytes.remaining();
        }
    }

    @Override
    public void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            if (!memberships.add(new Membership(group, nicId, source))) {
                throw new StackException(StackError.ADDRESS_IN_USE);
            }
        }
    }

    @Override
    public void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        synchronized (stack.lock) {
            requireOpen();
            if (!memberships.remove(new Membership(group, nicId, source))) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS);
            }
        }
    }

    @Override
    public void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException {
        throw new StackException(StackError.NOT_SUPPORTED);
    }

    @Override
    public void close() {
        synchronized (stack.lock) {
            if (!closed) {
                closed = true;
                if (local != null) {
                    stack.unbindUdp(local.port(), this);
                }
                stack.changed(this);
            }
        }
        stack.tell();
    }

    private record Datagram(FullAddress from, ByteBuffer bytes) {}

    private record Membership(
            IpAddress group, int nicId, @Nullable IpAddress source) {}
}
