package dev.atoll.stack;

import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Prints what joining segments does to the time that stacks take over them: the same bytes over the same cable, with and
 * without, in turns. The clock is virtual, so that a stack does no more and no less than these bytes need. No argument.
 */
public final class CoalescingMain {
    private static final int ROUNDS = 41;
    private static final int WARM_UP_ROUNDS = 40;
    private static final int CHUNK_BYTES = 64 * 1024;

    /** One pair of stacks with a connection; time is taken of each stack apart. */
    private static final class Net {
        private final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        private final QuietCable cable = new QuietCable(1500);
        private final Runnable pollLeft = cable.left::poll;
        private final Runnable pollRight = cable.right::poll;
        private final ByteBuffer source = ByteBuffer.allocateDirect(CHUNK_BYTES);
        private final ByteBuffer target = ByteBuffer.allocateDirect(CHUNK_BYTES);
        private final Stack left = newStack(1, cable.left, "10.0.0.1");
        private final Stack right = newStack(2, cable.right, "10.0.0.2");
        private final TcpEndpoint sender;
        private final TcpEndpoint receiver;
        private long senderNs;
        private long receiverNs;

        Net(boolean coalescing) throws StackException {
            left.nics().get(1).setCoalescing(coalescing);
            right.nics().get(1).setCoalescing(coalescing);
            TcpListener listener = right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
            listener.listen(1);
            sender = left.newTcpEndpoint();
            sender.connect(new FullAddress(IpAddress.parse("10.0.0.2"), 80));
            for (int i = 0; i < 10; i++) {
                step();
            }
            receiver = Objects.requireNonNull(listener.accept());
            // Nobody waits for a timer.
            sender.setOption(EndpointOption.TCP_NODELAY, true);
        }

        private Stack newStack(long seed, QuietCable.End link, String address) throws StackException {
            Stack stack = Stack.builder().clock(clock).rng(Rng.seeded(seed)).build();
            stack.createNic("eth0", link).addAddress(IpAddress.parse(address), 24);
            return stack;
        }

        private void step() {
            long began = System.nanoTime();
            right.run(pollRight);
            long received = System.nanoTime();
            left.run(pollLeft);
            receiverNs += received - began;
            senderNs += System.nanoTime() - received;
            clock.advanceTo(clock.nowNs() + 10_000);
        }

        /** Moves bytes in writes of a size, each of which has arrived before the next if {@code oneByOne}. */
        void move(int bytes, int writeBytes, boolean oneByOne) throws StackException {
            senderNs = 0;
            receiverNs = 0;
            int unsent = bytes;
            int unread = bytes;
            while (unread > 0) {
                if (unsent > 0 && (!oneByOne || unsent == unread)) {
                    source.clear().limit(Math.min(writeBytes, unsent));
                    long began = System.nanoTime();
                    unsent -= Math.max(sender.write(source), 0);
                    senderNs += System.nanoTime() - began;
                }
                step();
                long began = System.nanoTime();
                target.clear();
                for (int got = receiver.read(target); got > 0; got = receiver.read(target)) {
                    unread -= got;
                    target.clear();
                }
                receiverNs += System.nanoTime() - began;
            }
        }

        long frames() {
            return right.nics().get(1).statistics().sentPackets();
        }
    }

    private CoalescingMain() {}

    /** See the class. */
    public static void main(String[] arguments) throws StackException {
        compare("bulk, writes of 64 KiB", 8 << 20, CHUNK_BYTES, false);
        compare("four segments at a time", 4 << 20, 4 * 1448, true);
        compare("a segment at a time", 1 << 20, 1448, true);
        compare("messages of 100 bytes", 100_000, 100, true);
    }

    private static void compare(String what, int bytes, int writeBytes, boolean oneByOne) throws StackException {
        Net without = new Net(false);
        Net with = new Net(true);
        long[][] times = new long[4][ROUNDS];
        for (int i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
            Net first = (i & 1) == 0 ? without : with;
            Net second = first == without ? with : without;
            first.move(bytes, writeBytes, oneByOne);
            second.move(bytes, writeBytes, oneByOne);
            if (i >= 0) {
                times[0][i] = without.receiverNs;
                times[1][i] = with.receiverNs;
                times[2][i] = without.senderNs;
                times[3][i] = with.senderNs;
            }
        }
        for (long[] series : times) {
            Arrays.sort(series);
        }
        int middle = ROUNDS / 2;
        System.out.printf(
                "%-24s receiver %.2f (%d us without, %d with), sender %.2f, both %.2f of the time; %.2f of the answers%n",
                what,
                (double) times[1][middle] / times[0][middle],
                times[0][middle] / 1000,
                times[1][middle] / 1000,
                (double) times[3][middle] / times[2][middle],
                (double) (times[1][middle] + times[3][middle]) / (times[0][middle] + times[2][middle]),
                (double) with.frames() / without.frames());
    }
}
