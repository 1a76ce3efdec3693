package dev.atoll.examples.embedding;

import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.wire.IpAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Two stacks on a cable, 10.0.0.1 and 10.0.0.2, in virtual time: what the other programs begin with. */
final class Cable implements AutoCloseable {
    static final IpAddress LEFT = IpAddress.parse("10.0.0.1");
    static final IpAddress RIGHT = IpAddress.parse("10.0.0.2");

    final ManualClock clock = new ManualClock();
    final Stack left;
    final Stack right;
    private final PipeLink.Pair ends = PipeLink.pair(1500);

    /** The same settings for both stacks, and something around the left one's link. */
    Cable(Consumer<StackBuilder> settings, UnaryOperator<LinkEndpoint> around) throws StackException {
        left = stack(1, settings, around.apply(ends.left()), LEFT);
        right = stack(2, settings, ends.right(), RIGHT);
    }

    private Stack stack(long seed, Consumer<StackBuilder> settings, LinkEndpoint link, IpAddress address)
            throws StackException {
        StackBuilder builder = Stack.builder().clock(clock).rng(Rng.seeded(seed));
        settings.accept(builder);
        Stack stack = builder.build();
        stack.createNic("eth0", link).addAddress(address, 24);
        return stack;
    }

    /** Carries frames and moves time from deadline to deadline until something is so, or nothing more will happen. */
    boolean runUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            long next = Math.min(left.run(ends.left()::poll), right.run(ends.right()::poll));
            if (ends.left().isPending() || ends.right().isPending()) {
                continue;
            }
            if (next == Long.MAX_VALUE) {
                return done.getAsBoolean();
            }
            clock.advanceTo(Math.max(next, clock.nowNs()));
        }
        return true;
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
