package dev.atoll.stack;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cable between two stacks of one thread that allocates nothing once it is made: what a test measures is the stack. */
final class QuietCable {
    private static final int FRAMES = 1024;

    /** Frames that wait in one direction. */
    private static final class Direction {
        final ByteBuffer[] frames = new ByteBuffer[FRAMES];
        int first;
        int count;

        Direction(int frameBytes) {
            for (int i = 0; i < FRAMES; i++) {
                frames[i] = ByteBuffer.allocateDirect(frameBytes);
            }
        }
    }

    /** One end of the cable. */
    static final class End implements LinkEndpoint {
        private final Direction in;
        private final Direction out;
        private final int mtuBytes;
        private final MacAddress address;
        private @Nullable LinkDispatcher stack;
        private boolean refused;
        private int lostInterval;
        private int sent;

        End(Direction in, Direction out, int mtuBytes, String address) {
            this.in = in;
            this.out = out;
            this.mtuBytes = mtuBytes;
            this.address = MacAddress.parse(address);
        }

        boolean isPending() {
            return in.count > 0 || (refused && out.count < FRAMES);
        }

        /** Hands the frames that wait to the stack, under its hold. */
        void poll() {
            LinkDispatcher to = Objects.requireNonNull(stack);
            for (int left = in.count; left > 0; left--) {
                ByteBuffer frame = in.frames[in.first];
                PacketBuffer packet = to.pool().allocate(frame.limit());
                packet.data().put(packet.append(frame.limit()), frame, 0, frame.limit());
                packet.arrivalNs = to.nowNs();
                in.first = (in.first + 1) % FRAMES;
                in.count--;
                to.deliver(packet);
            }
            if (refused && out.count < FRAMES) {
                refused = false;
                to.writable();
            }
        }

        /** From now on every n-th frame sent from this end is lost. */
        void loseEveryNth(int n) {
            lostInterval = n;
        }

        boolean isLossy() {
            return lostInterval > 0;
        }

        @Override
        public int mtuBytes() {
            return mtuBytes;
        }

        @Override
        public MacAddress linkAddress() {
            return address;
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.PLAIN_ETHERNET;
        }

        @Override
        public void attach(LinkDispatcher dispatcher) {
            stack = dispatcher;
        }

        @Override
        public boolean transmit(PacketBuffer packet) {
            if (out.count == FRAMES) {
                refused = true;
                return false;
            }
            if (lostInterval > 0 && ++sent % lostInterval == 0) {
                return true;
            }
            ByteBuffer frame = out.frames[(out.first + out.count++) % FRAMES];
            frame.clear();
            frame.limit(packet.copyTo(frame, 0));
            return true;
        }

        @Override
        public void close() {
            in.count = 0;
        }
    }

    final End left;
    final End right;

    QuietCable(int mtuBytes) {
        Direction toLeft = new Direction(mtuBytes + 14);
        Direction toRight = new Direction(mtuBytes + 14);
        left = new End(toLeft, toRight, mtuBytes, "02:00:00:00:00:01");
        right = new End(toRight, toLeft, mtuBytes, "02:00:00:00:00:02");
    }
}
