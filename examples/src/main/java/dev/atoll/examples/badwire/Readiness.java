package dev.atoll.examples.badwire;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/** Waits for descriptors to become readable; keeps the memory that ppoll(2) needs. One thread. */
final class Readiness implements AutoCloseable {
    private static final short POLLIN = 1;
    private static final int POLLFD_BYTES = 8;
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;
    private static final int TIMESPEC_BYTES = 16;
    private static final long SECOND_NS = 1_000_000_000;

    private final int count;
    private final Memory descriptors;
    private final Memory timeout = new Memory(TIMESPEC_BYTES);

    Readiness(int... fds) {
        count = fds.length;
        descriptors = new Memory((long) POLLFD_BYTES * count);
        for (int i = 0; i < count; i++) {
            descriptors.setInt((long) POLLFD_BYTES * i, fds[i]);
            descriptors.setShort((long) POLLFD_BYTES * i + POLLFD_EVENTS, POLLIN);
        }
    }

    /** Waits until a descriptor is readable or the time is over, which it may be from the start. */
    void await(long timeoutNs) {
        long atLeastNs = Math.max(0, timeoutNs);
        timeout.setLong(0, atLeastNs / SECOND_NS);
        timeout.setLong(8, atLeastNs % SECOND_NS);
        if (Linux.ppoll(descriptors, new NativeLong(count), timeout, null) < 0) {
            if (Native.getLastError() != Linux.EINTR) {
                throw new LastErrorException(Native.getLastError());
            }
            for (int i = 0; i < count; i++) {
                descriptors.setShort((long) POLLFD_BYTES * i + POLLFD_REVENTS, (short) 0);
            }
        }
    }

    /** Whether the descriptor of that index was readable, or in trouble, when {@link #await} returned. */
    boolean isReady(int index) {
        return descriptors.getShort((long) POLLFD_BYTES * index + POLLFD_REVENTS) != 0;
    }

    @Override
    public void close() {
        descriptors.close();
        timeout.close();
    }
}
