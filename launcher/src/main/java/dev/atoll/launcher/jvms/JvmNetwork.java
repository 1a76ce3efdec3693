package dev.atoll.launcher.jvms;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.report.FrameLosses;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.LinkKind;
import dev.atoll.stack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The link that the JVMs share which the launcher has not started itself, with the switch before it. Guarded by itself; the
 * switch is the loop's.
 */
public final class JvmNetwork implements Closeable {
    /** How long a link waits for the launcher's services, which begin when a program is seen to run on. */
    private static final int LOOP_LIMIT_S = 30;

    /** Locally administered (IEEE 802c); the lower four octets are the IPv4 address. */
    private static final long MAC_PREFIX = 0x0200L << 32;

    private final @Nullable Opening opening;
    private final boolean owned;
    private final int wantedMtuBytes;
    private final @Nullable Recordings recordings;
    private final Consumer<String> log;
    private final CompletableFuture<IoEventLoopGroup> loops = new CompletableFuture<>();
    private final Switch frames = new Switch();

    /** The hardware addresses of JVMs that there are; read by the loop, too. */
    private final Set<MacAddress> taken = ConcurrentHashMap.newKeySet();

    private boolean tried;
    private @Nullable OpenLink link;

    /** Why there is no link, as far as that is known. */
    private String lack;

    private @Nullable AddressPool pool;
    private @Nullable IoEventLoop loop;

    /** The run is over, and with it what ends now. */
    private volatile boolean closed;

    /** Makes the link, when the first JVM asks. */
    @FunctionalInterface
    public interface Opening {
        /** Ready to carry frames, up to its service; what it has for a program is the switch's. */
        OpenLink open() throws LaunchException;
    }

    private JvmNetwork(
            @Nullable Opening opening,
            boolean owned,
            int wantedMtuBytes,
            String lack,
            @Nullable Recordings recordings,
            Consumer<String> log) {
        this.lack = lack;
        this.recordings = recordings;
        this.opening = opening;
        this.owned = owned;
        this.wantedMtuBytes = wantedMtuBytes;
        this.log = log;
    }

    /**
     * On a link of its own, which it closes.
     *
     * @param wantedMtuBytes as the user said
     * @param recordings of what crosses the links, or null for none
     * @param log hears of JVMs that have loopback alone
     */
    public static JvmNetwork opening(
            Opening opening, int wantedMtuBytes, @Nullable Recordings recordings, Consumer<String> log) {
        return new JvmNetwork(opening, true, wantedMtuBytes, "", recordings, log);
    }

    /** On a link that is the caller's, who has its service started, too. */
    public static JvmNetwork on(
            OpenLink link, int wantedMtuBytes, @Nullable Recordings recordings, Consumer<String> log) {
        return new JvmNetwork(() -> link, false, wantedMtuBytes, "", recordings, log);
    }

    /**
     * With loopback alone.
     *
     * @param why it is so
     */
    public static JvmNetwork none(int wantedMtuBytes, String why) {
        return new JvmNetwork(null, false, wantedMtuBytes, why, null, text -> {});
    }

    /** The launcher's event loop runs, and with it the switch. */
    public void started(IoEventLoopGroup group) {
        loops.complete(group);
    }

    /** A place for a JVM; with loopback alone if there is no link or it has no address left, which is said. */
    synchronized Place take(int pid) {
        if (!tried) {
            tried = true;
            open();
        }
        AddressPool from = pool;
        OpenLink shared = link;
        if (from == null || shared == null) {
            return Place.loopback(wantedMtuBytes, lack);
        }
        Optional<Address> address = from.take();
        if (address.isEmpty()) {
            String why = "no address is left on the link " + shared.description();
            log.accept("the JVM with process id " + pid + " has loopback alone: " + why);
            return Place.loopback(wantedMtuBytes, why);
        }
        return takenPlace(shared, address.get());
    }

    private Place takenPlace(OpenLink shared, Address address) {
        Place place = place(shared, address);
        taken.add(place.mac());
        return place;
    }

    private Place place(OpenLink shared, Address address) {
        LinkAddresses all = addresses(shared);
        MacAddress own = shared.mac();
        int mtuBytes = shared.mtuBytes(wantedMtuBytes);
        return own != null
                ? new Place(all, own, mtuBytes, "")
                : new Place(
                        new LinkAddresses(List.of(address), all.router(), all.routes()),
                        new MacAddress(MAC_PREFIX
                                | Integer.toUnsignedLong(address.address().v4Bits())),
                        mtuBytes,
                        "");
    }

    private static LinkAddresses addresses(OpenLink shared) {
        LinkAddresses all = shared.addresses();
        if (all == null) {
            throw new IllegalStateException("the link " + shared.description() + " has no addresses");
        }
        return all;
    }

    /** Whatever keeps the link from being made leaves JVMs with loopback alone. */
    private void open() {
        if (opening == null) {
            return;
        }
        try {
            OpenLink made = opening.open();
            link = made;
            // Where the interface has its own hardware address there is room for one station.
            pool = made.mac() == null ? AddressPool.ofSubnet(addresses(made)) : AddressPool.ofOne(addresses(made));
        } catch (LaunchException e) {
            lack = e.line();
            log.accept("JVMs that the program starts have loopback alone: " + lack);
        }
    }

    /** Nobody has it any more: its port is closed, and another JVM may get the address. */
    synchronized void giveBack(Place place) {
        LinkAddresses addresses = place.addresses();
        if (addresses == null || pool == null) {
            return;
        }
        boolean unused = taken.remove(place.mac());
        IoEventLoop running = loop;
        if (running != null) {
            running.execute(() -> frames.closeStation(place.mac()));
        }
        pool.giveBack(addresses.program().get(0));
    }

    /**
     * A JVM's link; not on the loop's thread, as it waits for it.
     *
     * @param pid of the JVM
     * @param counter counts its frames that are not delivered
     * @param descriptor its end of the link, which belongs to the switch from here
     * @return done when the link has ended, and all that the JVM had sent is forwarded
     */
    Future<?> connect(Place place, int pid, FrameCounter counter, int descriptor) throws IOException {
        IoEventLoop running = startedLoop();
        Recording recording = recording(pid);
        try {
            return StreamPort.open(descriptor, running, new JvmLink(place, counter, recording));
        } catch (IOException | RuntimeException e) {
            end(recording);
            throw e;
        }
    }

    private @Nullable Recording recording(int pid) {
        if (recordings == null) {
            return null;
        }
        try {
            return recordings.begin(pid);
        } catch (IOException e) {
            log.accept("pcap: the JVM with process id " + pid + " is not recorded: " + e);
            return null;
        }
    }

    private void end(@Nullable Recording recording) {
        Recordings all = recordings;
        if (all != null && recording != null) {
            // The loop does not wait for the disk.
            Jvms.daemon("atoll-recorded", () -> all.end(recording));
        }
    }

    /** What the switch did not deliver since the beginning; any thread. */
    public FrameLosses losses() {
        return frames.losses();
    }

    private synchronized IoEventLoop startedLoop() throws IOException {
        IoEventLoop known = loop;
        if (known == null) {
            IoEventLoopGroup group = awaitLoops();
            known = group.next();
            connectUplink(group, known);
            loop = known;
        }
        return known;
    }

    private IoEventLoopGroup awaitLoops() throws IOException {
        try {
            return loops.get(LOOP_LIMIT_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the launcher's services do not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the launcher ends", e);
        }
    }

    private void connectUplink(IoEventLoopGroup group, IoEventLoop one) throws IOException {
        OpenLink shared = link;
        if (shared == null) {
            return;
        }
        if (owned) {
            shared.service().ifPresent(service -> service.start(group));
        }
        int end = Libc.duplicateAbove(shared.programDescriptor(), 0);
        shared.handOver();
        if (shared.wire() == LinkKind.STREAM) {
            Future<?> unused = StreamPort.open(end, one, new Uplink());
        } else {
            DevicePort unused = DevicePort.open(end, shared.headerBytes(), one, frames, this::ended);
        }
    }

    private void ended(String reason) {
        if (!closed) {
            log.accept("the link that JVMs share has ended: " + reason);
        }
    }

    /** The JVMs have ended: what they had sent is recorded before their ports are closed. */
    @Override
    public void close() {
        if (recordings != null) {
            recordings.finish();
        }
        OpenLink shared;
        IoEventLoop running;
        closed = true;
        synchronized (this) {
            tried = true;
            shared = link;
            running = loop;
            link = null;
            pool = null;
            lack = "the run is over";
        }
        if (running != null) {
            running.execute(frames::close);
        }
        if (shared != null && owned) {
            shared.close();
        }
    }

    /** What comes at a JVM's port. */
    private final class JvmLink implements StreamPort.Listener {
        private final MacAddress mac;
        private final SourceGuard guard;
        private final FrameCounter counter;
        private final @Nullable Recording recording;
        private @Nullable Station station;

        JvmLink(Place place, FrameCounter counter, @Nullable Recording recording) {
            this.recording = recording;
            mac = place.mac();
            guard = new SourceGuard(mac, place.ipAddresses());
            this.counter = counter;
        }

        @Override
        public void opened(StreamPort port) {
            if (taken.contains(mac)) {
                station = new Station(mac, recording == null ? port : recording.recorded(port), guard, counter);
                frames.connect(station);
            } else {
                port.close();
            }
        }

        @Override
        public void received(StreamPort port, ByteBuf frame) {
            Station from = station;
            if (from == null) {
                return;
            }
            boolean allowed = frames.fromStation(from, frame);
            if (recording == null) {
                return;
            }
            if (allowed) {
                recording.sent(frame);
            } else {
                recording.refused(frame);
            }
        }

        @Override
        public void batchEnded() {
            frames.flush();
        }

        @Override
        public void closed(StreamPort port) {
            Station ended = station;
            if (ended != null) {
                frames.disconnect(ended);
            }
            end(recording);
        }
    }

    /** The port of a shared link that is a stream itself. */
    private final class Uplink implements StreamPort.Listener {
        @Override
        public void opened(StreamPort port) {
            frames.connectUplink(port);
        }

        @Override
        public void received(StreamPort port, ByteBuf frame) {
            frames.fromUplink(frame);
        }

        @Override
        public void batchEnded() {
            frames.flush();
        }

        @Override
        public void closed(StreamPort port) {
            ended("its other end is closed");
        }
    }
}
