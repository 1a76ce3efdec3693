package dev.atoll.stack;

import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.IpAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two stacks on one cable in virtual time: 10.0.0.1 and 10.0.0.2, and fd00::1 and fd00::2 if they have IPv6. */
public final class TwoStacks implements AutoCloseable {
    public static final IpAddress LEFT = IpAddress.parse("10.0.0.1");
    public static final IpAddress RIGHT = IpAddress.parse("10.0.0.2");
    public static final IpAddress LEFT6 = IpAddress.parse("fd00::1");
    public static final IpAddress RIGHT6 = IpAddress.parse("fd00::2");

    public final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
    public final Stack left;
    public final Stack right;
    private final PipeLink leftLink;
    private final PipeLink rightLink;

    public TwoStacks() throws StackException {
        this(1500);
    }

    public TwoStacks(int mtuBytes) throws StackException {
        this(mtuBytes, null);
    }

    /** Two stacks with IPv6; their addresses are checked for duplicates before this returns. */
    public static TwoStacks withIpv6(int mtuBytes) throws StackException {
        TwoStacks net = new TwoStacks(mtuBytes, Ipv6Settings.DEFAULT);
        net.runUntil(() -> false, 3_000_000_000L);
        return net;
    }

    /** Two stacks with these settings of TCP. */
    public static TwoStacks withTcp(TcpTuning tuning) throws StackException {
        return new TwoStacks(1500, null, tuning);
    }

    /** Two stacks with IPv6, ready at once, and with whatever else is asked for. */
    public static TwoStacks with(Consumer<StackBuilder> more) throws StackException {
        TwoStacks net = new TwoStacks(1500, Ipv6Settings.DEFAULT.withDadTransmits(0), new TcpTuning(), more);
        net.settle();
        return net;
    }

    private TwoStacks(int mtuBytes, @Nullable Ipv6Settings ipv6) throws StackException {
        this(mtuBytes, ipv6, new TcpTuning());
    }

    private TwoStacks(int mtuBytes, @Nullable Ipv6Settings ipv6, TcpTuning tuning) throws StackException {
        this(mtuBytes, ipv6, tuning, builder -> {});
    }

    private TwoStacks(int mtuBytes, @Nullable Ipv6Settings ipv6, TcpTuning tuning, Consumer<StackBuilder> more)
            throws StackException {
        PipeLink.Pair cable = PipeLink.pair(mtuBytes);
        leftLink = cable.left();
        rightLink = cable.right();
        left = newStack(1, leftLink, LEFT, LEFT6, ipv6, tuning, more);
        right = newStack(2, rightLink, RIGHT, RIGHT6, ipv6, tuning, more);
    }

    private Stack newStack(
            long seed,
            PipeLink link,
            IpAddress address,
            IpAddress address6,
            @Nullable Ipv6Settings ipv6,
            TcpTuning tuning,
            Consumer<StackBuilder> more)
            throws StackException {
        StackBuilder builder =
                Stack.builder().clock(clock).rng(Rng.seeded(seed)).tcp(tuning);
        if (ipv6 != null) {
            builder.ipv6(ipv6);
        }
        more.accept(builder);
        Stack stack = builder.build();
        Nic nic = stack.createNic("eth0", link);
        nic.addAddress(address, 24);
        if (ipv6 != null) {
            nic.addAddress(address6, 64);
        }
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
