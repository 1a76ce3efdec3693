package dev.atoll.examples.benchmarks;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** Both ends on the loopback interface of one stack. */
final class PolicyLoopback extends PolicyPath {
    private static final FullAddress SERVER = serverAt(IpAddress.V4_LOOPBACK);

    private final Stack stack = newStack(1);
    private final TcpListener listener;

    PolicyLoopback() throws StackException {
        super("lo");
        listener = listen(stack, SERVER);
    }

    @Override
    void rules(RuleSet rules) {
        stack.ipTables().replace(rules);
    }

    @Override
    long spentNs() {
        return System.nanoTime();
    }

    @Override
    TcpEndpoint newClient() throws StackException {
        return stack.newTcpEndpoint();
    }

    @Override
    FullAddress serverAddress() {
        return SERVER;
    }

    @Override
    @Nullable TcpEndpoint accepted() throws StackException {
        return listener.accept();
    }

    @Override
    void carry() throws StackException {
        // Packets have arrived already; timers, as that of a delayed acknowledgment, are met here.
        long unused = stack.run(() -> {});
    }

    @Override
    int as(boolean clients, Step step) throws StackException {
        return step.once();
    }
}
