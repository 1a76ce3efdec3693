package dev.atoll.stack;

import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.wire.IpAddress;
import java.util.function.BooleanSupplier;

/** Two stacks on one cable in virtual time: 10.0.0.1 and 10.0.0.2. */
public final class TwoStacks implements AutoCloseable {
    public static final IpAddress LEFT = IpAddress.parse("10.0.0.1");
    public static final IpAddress RIGHT = IpAddress.parse("10.0.0.2");

    public final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
    public final Stack left;
    public final Stack right;
    private final PipeLink leftLink;
    private final PipeLink rightLink;

    public TwoStacks() throws StackException {
        this(1500);
    }

    public TwoStacks(int mtuBytes) throws StackException {
        PipeLink.Pair cable = PipeLink.pair(mtuBytes);
        leftLink = cable.left();
        rightLink = cable.right();
        left = newStack(1, leftLink, LEFT);
        right = newStack(2, rightLink, RIGHT);
    }

    private Stack newStack(long seed, PipeLink link, IpAddress address) throws StackException {
        Stack stack = Stack.builder().clock(clock).rng(Rng.seeded(seed)).build();
        stack.createNic("eth0", link).addAddress(address, 24);
        return stack;
    }

    /** Carries frames to and fro until none is under way. */
    public void settle() {
        while (leftLink.isPending() || rightLink.isPending()) {
            left.run(leftLink::poll);
            right.run(rightLink::poll);
        }
    }

    /** Lets time pass, deadline by deadline, until the condition holds; false if it does not within the limit. */
    public boolean runUntil(BooleanSupplier condition, long limitNs) {
        long endNs = clock.nowNs() + limitNs;
        while (true) {
            settle();
            if (condition.getAsBoolean()) {
                return true;
            }
            long next = Math.min(left.run(leftLink::poll), right.run(rightLink::poll));
            if (leftLink.isPending() || rightLink.isPending()) {
                continue;
            }
            if (next == Long.MAX_VALUE || next - endNs > 0) {
                clock.advanceTo(endNs);
                left.run(leftLink::poll);
                right.run(rightLink::poll);
                settle();
                return condition.getAsBoolean();
            }
            if (next - clock.nowNs() > 0) {
                clock.advanceTo(next);
            }
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
