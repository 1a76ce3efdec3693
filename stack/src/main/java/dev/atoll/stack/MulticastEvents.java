package dev.atoll.stack;

import dev.atoll.stack.ip.MulticastForwarding;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;

/** Hands what packets to groups lack to a listener, after the hold. */
final class MulticastEvents implements MulticastForwarding.Observer {
    private final EventQueue queue;
    private final MulticastForwardingListener listener;

    MulticastEvents(EventQueue queue, MulticastForwardingListener listener) {
        this.queue = queue;
        this.listener = listener;
    }

    @Override
    public void missingRoute(IpAddress source, IpAddress group, Device in) {
        int nicId = in.id();
        queue.add(() -> listener.onMissingRoute(source, group, nicId));
    }

    @Override
    public void unexpectedInput(IpAddress source, IpAddress group, Device in, Device expected) {
        int nicId = in.id();
        int expectedNicId = expected.id();
        queue.add(() -> listener.onUnexpectedInputInterface(source, group, nicId, expectedNicId));
    }
}
