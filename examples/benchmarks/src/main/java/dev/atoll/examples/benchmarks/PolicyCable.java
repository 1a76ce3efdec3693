package dev.atoll.examples.benchmarks;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A client under rules, and a server without any at the other end of a cable, whose time does not count. */
final class PolicyCable extends PolicyPath {
    private static final int MTU_BYTES = 1500;
    private static final FullAddress SERVER = serverAt(IpAddress.parse("192.0.2.2"));

    private final Stack near = newStack(1);
    private final Stack far = newStack(2);
    private final Runnable pollNear;
    private final Runnable pollFar;
    private final BooleanSupplier isPending;
    private final TcpListener listener;
    private long spentNs;

    private PolicyCable(
            String name,
            LinkEndpoint nearEnd,
            Runnable pollNear,
            LinkEndpoint farEnd,
            Runnable pollFar,
            BooleanSupplier isPending)
            throws StackException {
        super(name);
        this.pollNear = pollNear;
        this.pollFar = pollFar;
        this.isPending = isPending;
        near.createNic("eth0", nearEnd).addAddress(IpAddress.parse("192.0.2.1"), 24);
        far.createNic("eth0", farEnd).addAddress(SERVER.address(), 24);
        listener = listen(far, SERVER);
    }

    /** Packets are as they are on a TAP device of Linux: up to 64 KiB and without checksums. */
    static PolicyCable withOffload() throws StackException {
        OffloadLink[] ends = OffloadLink.pair();
        return new PolicyCable(
                "link",
                ends[0],
                ends[0]::poll,
                ends[1],
                ends[1]::poll,
                () -> ends[0].isPending() || ends[1].isPending());
    }

    /** Each packet is a frame of 1500 bytes, and the stack sees to its checksum. */
    static PolicyCable ofFrames() throws StackException {
        PipeLink.Pair cable = PipeLink.pair(MTU_BYTES);
        return new PolicyCable(
                "link without offload",
                cable.left(),
                cable.left()::poll,
                cable.right(),
                cable.right()::poll,
                () -> cable.left().isPending() || cable.right().isPending());
    }

    @Override
    void rules(RuleSet rules) {
        near.ipTables().replace(rules);
    }

    @Override
    long spentNs() {
        return spentNs;
    }

    @Override
    TcpEndpoint newClient() throws StackException {
        return near.newTcpEndpoint();
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
        do {
            long began = System.nanoTime();
            long unused = near.run(pollNear);
            spentNs += System.nanoTime() - began;
            unused = far.run(pollFar);
        } while (isPending.getAsBoolean());
    }

    @Override
    int as(boolean clients, Step step) throws StackException {
        if (!clients) {
            return step.once();
        }
        long began = System.nanoTime();
        int count = step.once();
        spentNs += System.nanoTime() - began;
        return count;
    }
}
