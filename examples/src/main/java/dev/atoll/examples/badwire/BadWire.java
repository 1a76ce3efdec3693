package dev.atoll.examples.badwire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A seeded bad wire between two TAP devices: what the kernel sends by one comes in by the other, later, twice, changed,
 * out of order or not at all.
 *
 * <pre>{@code
 * BadWire --seed 1 --a wire0 --b wire1 --a-to-b loss=0.02,delay=20ms --b-to-a reorder=0.01
 * }</pre>
 *
 * <p>It needs CAP_NET_ADMIN and /dev/net/tun. Give the devices addresses, in network namespaces of their own so that the
 * kernel does not short-cut, and bring them up. The wire ends, with its counters, when its standard input does.
 */
public final class BadWire implements AutoCloseable {
    private static final long MAX_WAIT_NS = 50_000_000;
    /** Frames taken from a device in one turn, so that a flood on one side does not starve the other. */
    private static final int MAX_FRAMES_A_TURN = 64;

    private final TapDevice a;
    private final TapDevice b;
    private final WireDirection aToB;
    private final WireDirection bToA;
    private volatile boolean stopped;

    /** Makes both devices; {@link #run} then carries frames. */
    public BadWire(String nameA, String nameB, Trouble aToB, Trouble bToA, long seed) {
        a = new TapDevice(nameA);
        b = new TapDevice(nameB);
        this.aToB = new WireDirection(aToB, seed);
        this.bToA = new WireDirection(bToA, ~seed);
    }

    /** Carries frames in the calling thread until {@link #stop}. */
    public void run() {
        try (Readiness readiness = new Readiness(a.fd(), b.fd())) {
            while (!stopped) {
                long waitNs = Math.min(aToB.nextDueNs(), bToA.nextDueNs()) - System.nanoTime();
                readiness.await(Math.min(waitNs, MAX_WAIT_NS));
                if (readiness.isReady(0)) {
                    take(a, aToB);
                }
                if (readiness.isReady(1)) {
                    take(b, bToA);
                }
                deliver(aToB, b);
                deliver(bToA, a);
            }
        }
    }

    /** Ends {@link #run} soon; for any thread. */
    public void stop() {
        stopped = true;
    }

    private static void take(TapDevice from, WireDirection direction) {
        byte[] frame;
        for (int i = 0; i < MAX_FRAMES_A_TURN && (frame = from.read()) != null; i++) {
            direction.accept(System.nanoTime(), frame);
        }
    }

    private static void deliver(WireDirection direction, TapDevice to) {
        byte[] frame;
        while ((frame = direction.takeDue(System.nanoTime())) != null) {
            to.write(frame);
        }
    }

    /** What each direction did. */
    public String counters() {
        return "a to b: " + aToB + "; b to a: " + bToA;
    }

    /** Takes the devices away; after {@link #run} has ended. */
    @Override
    public void close() {
        a.close();
        b.close();
    }

    // The output of a command-line tool goes to stdout and stderr.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String message = null;
        try {
            runWith(arguments);
        } catch (IllegalArgumentException e) {
            message = e.getMessage();
        }
        if (message != null) {
            System.err.println("badwire: " + message);
            System.exit(2);
        }
    }

    // As above.
    @SuppressWarnings("SystemOut")
    private static void runWith(String[] arguments) throws IOException, InterruptedException {
        long seed = 1;
        String nameA = "wire0";
        String nameB = "wire1";
        Trouble aToB = Trouble.NONE;
        Trouble bToA = Trouble.NONE;
        for (int i = 0; i < arguments.length; i += 2) {
            String value = value(arguments, i);
            switch (arguments[i]) {
                case "--seed" -> seed = Long.parseLong(value);
                case "--a" -> nameA = value;
                case "--b" -> nameB = value;
                case "--a-to-b" -> aToB = Trouble.parse(value);
                case "--b-to-a" -> bToA = Trouble.parse(value);
                default ->
                    throw new IllegalArgumentException(
                            "unknown option " + arguments[i] + "; there are --seed, --a, --b, --a-to-b, --b-to-a");
            }
        }
        try (BadWire wire = new BadWire(nameA, nameB, aToB, bToA, seed)) {
            Thread carrier = new Thread(wire::run, "badwire");
            carrier.start();
            System.out.println("badwire: " + nameA + " and " + nameB + " are there, seed " + seed);
            while (System.in.read() >= 0) {
                // Anything written is as good as nothing; the end is what counts.
            }
            wire.stop();
            carrier.join();
            System.out.println("badwire: " + wire.counters());
        }
    }

    private static String value(@Nullable String[] arguments, int option) {
        String value = option + 1 < arguments.length ? arguments[option + 1] : null;
        if (value == null) {
            throw new IllegalArgumentException(arguments[option] + " needs a value");
        }
        return value;
    }
}
