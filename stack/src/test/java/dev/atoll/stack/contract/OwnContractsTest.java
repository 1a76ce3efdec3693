package dev.atoll.stack.contract;

import dev.atoll.stack.Stack;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.FifoLink;
import dev.atoll.stack.link.InjectableLink;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.MuxedLink;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.link.RateLimitedLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The stack's own clocks, random sources, links and numbers keep the contracts that it asks others to keep. */
class OwnContractsTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    @Nested
    class Manual extends ClockContract {
        private final ManualClock clock = new ManualClock(5, 7);

        @Override
        protected Clock clock() {
            return clock;
        }

        @Override
        protected void passNs(long ns) {
            clock.advanceNs(ns);
        }
    }

    @Nested
    class Seeded extends RngContract {
        @Override
        protected Rng rng() {
            return Rng.seeded(1);
        }
    }

    /** The channel link under the last link that was made. */
    private static final class Channels {
        private @Nullable ChannelLink last;

        ChannelLink next() {
            ChannelLink made = new ChannelLink(1500, MAC);
            last = made;
            return made;
        }

        ChannelLink last() {
            ChannelLink there = last;
            if (there == null) {
                throw new IllegalStateException("no link was made");
            }
            return there;
        }
    }

    /** A link over a channel link, whose other end is that. */
    private abstract static class OverChannel extends LinkEndpointContract {
        private final Channels channels = new Channels();

        abstract LinkEndpoint around(ChannelLink inner);

        @Override
        protected LinkEndpoint newLink() {
            return around(channels.next());
        }

        @Override
        protected byte @Nullable [] takeAtOtherEnd() {
            return channels.last().read();
        }

        @Override
        protected void sendFromOtherEnd(byte[] frame) {
            channels.last().inject(frame);
        }
    }

    private abstract static class InjectableOverChannel extends InjectableLinkContract {
        private final Channels channels = new Channels();

        abstract InjectableLink around(ChannelLink inner);

        @Override
        protected InjectableLink newLink() {
            return around(channels.next());
        }

        @Override
        protected byte @Nullable [] takeAtOtherEnd() {
            return channels.last().read();
        }

        @Override
        protected void sendFromOtherEnd(byte[] frame) {
            channels.last().inject(frame);
        }
    }

    @Nested
    class Channel extends InjectableOverChannel {
        @Override
        InjectableLink around(ChannelLink inner) {
            return inner;
        }
    }

    @Nested
    class Around extends OverChannel {
        @Override
        LinkEndpoint around(ChannelLink inner) {
            return new NestedLink(inner) {};
        }
    }

    @Nested
    class Fifo extends OverChannel {
        @Override
        LinkEndpoint around(ChannelLink inner) {
            return new FifoLink(inner, 10);
        }
    }

    @Nested
    class RateLimited extends OverChannel {
        @Override
        LinkEndpoint around(ChannelLink inner) {
            return new RateLimitedLink(inner, 1_000_000, 1 << 20, 1 << 20);
        }
    }

    @Nested
    class Muxed extends InjectableOverChannel {
        @Override
        InjectableLink around(ChannelLink inner) {
            return new MuxedLink(MAC, Map.<IpAddress, InjectableLink>of(DESTINATION, inner));
        }
    }

    /** The numbers that a stack gives unless it is told otherwise. */
    @Nested
    class Numbers extends IdSourceContract {
        @Override
        protected LongSupplier newSource() {
            Stack stack =
                    Stack.builder().clock(new ManualClock()).rng(Rng.seeded(1)).build();
            return () -> stack.newUdpEndpoint().uniqueId();
        }
    }

    @Nested
    class Pipe extends LinkEndpointContract {
        private PipeLink.Pair ends = PipeLink.pair(1500);
        private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
        private final BufferPool pool = new BufferPool();
        private final TimerQueue timers = new TimerQueue();

        @Override
        protected LinkEndpoint newLink() {
            ends = PipeLink.pair(1500);
            ends.right().attach(new LinkDispatcher() {
                @Override
                public BufferPool pool() {
                    return pool;
                }

                @Override
                public long nowNs() {
                    return 0;
                }

                @Override
                public Timer newTimer(Timer.Action action) {
                    return new Timer(timers, action);
                }

                @Override
                public void deliver(PacketBuffer frame) {
                    arrived.add(frame.toArray());
                    frame.release();
                }

                @Override
                public void writable() {}

                @Override
                public void linkFailed(String reason) {}
            });
            return ends.left();
        }

        @Override
        protected byte @Nullable [] takeAtOtherEnd() {
            ends.right().poll();
            ends.left().poll();
            return arrived.poll();
        }

        @Override
        protected void sendFromOtherEnd(byte[] frame) {
            PacketBuffer packet = pool.allocate(frame.length);
            packet.data().put(packet.append(frame.length), frame);
            ends.right().transmit(packet);
            packet.release();
            ends.left().poll();
        }
    }
}
