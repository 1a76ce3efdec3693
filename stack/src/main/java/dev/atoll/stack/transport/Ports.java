package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which ports of one transport protocol are bound, and by what rules they may be shared (socket(7) SO_REUSEADDR and
 * SO_REUSEPORT as Linux has them).
 */
public final class Ports {
    /** Linux's ip_local_port_range. */
    public static final int FIRST_EPHEMERAL = 32_768;

    public static final int LAST_EPHEMERAL = 60_999;

    /** More than there can be endpoints. */
    private static final int MAX_BINDINGS = 1 << 22;

    private static final int EPHEMERAL_COUNT = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;

    /**
     * What an endpoint asks for.
     *
     * @param address unspecified for any
     * @param v6Only an address of {@code ::} leaves IPv4 to others
     * @param nicId the NIC it is bound to, which leaves other NICs to others, or 0
     */
    public record Wish(IpAddress address, boolean reuseAddress, boolean reusePort, boolean v6Only, int nicId) {
        private boolean sharesNic(int otherNicId) {
            return nicId == 0 || otherNicId == 0 || nicId == otherNicId;
        }
    }

    /** One endpoint's hold on a port; given back with {@link Ports#release}. */
    public static final class Binding {
        private final IpAddress address;
        private final int port;
        private boolean reuseAddress;
        private final boolean reusePort;
        private final boolean v6Only;
        private final int nicId;
        private boolean listening;

        Binding(Wish wish, int port) {
            address = wish.address;
            this.port = port;
            reuseAddress = wish.reuseAddress;
            reusePort = wish.reusePort;
            v6Only = wish.v6Only;
            nicId = wish.nicId;
        }

        /** Whether both hold addresses in common; {@code ::} holds those of IPv4 too unless it is told not to. */
        private boolean overlaps(IpAddress other, boolean otherV6Only) {
            boolean bothV4 = takesV4(address, v6Only) && takesV4(other, otherV6Only);
            boolean bothV6 = !address.isV4() && !other.isV4();
            return (bothV4 || bothV6) && (address.isUnspecified() || other.isUnspecified() || address.equals(other));
        }

        private static boolean takesV4(IpAddress address, boolean v6Only) {
            return address.isV4() || (address.isUnspecified() && !v6Only);
        }

        public int port() {
            return port;
        }

        public IpAddress address() {
            return address;
        }

        /** A port somebody listens on is not shared by SO_REUSEADDR. */
        public void setListening(boolean listening) {
            this.listening = listening;
        }

        /** Lets others that set SO_REUSEADDR in: the endpoint is in TIME_WAIT or set the option after binding. */
        public void setReuseAddress(boolean reuseAddress) {
            this.reuseAddress = reuseAddress;
        }
    }

    // Only looked up by port, never walked.
    private final Map<Integer, List<Binding>> bindings = new HashMap<>();
    private final KeyedHash offsetHash;
    private final Rng rng;
    private int counter;

    public Ports(Rng rng) {
        this.rng = rng;
        offsetHash = new KeyedHash(rng);
    }

    /** Bindings of this protocol. */
    public int size() {
        int count = 0;
        for (List<Binding> list : bindings.values()) {
            count += list.size();
        }
        return count;
    }

    /**
     * Takes a port.
     *
     * @return null if another binding does not allow it
     */
    public @Nullable Binding bind(Wish wish, int port) {
        if (!isFree(wish, port)) {
            return null;
        }
        Binding binding = new Binding(wish, port);
        bindings.computeIfAbsent(port, key -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    /** Whether a binding with these values would be allowed. */
    public boolean isFree(Wish wish, int port) {
        List<Binding> taken = bindings.get(port);
        if (taken == null) {
            return true;
        }
        for (Binding other : taken) {
            boolean shared = (wish.reuseAddress && other.reuseAddress && !other.listening)
                    || (wish.reusePort && other.reusePort);
            if (!shared && wish.sharesNic(other.nicId) && other.overlaps(wish.address, wish.v6Only)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a port that now becomes a listener's would clash with another listener that shares it. */
    public boolean mayListen(Binding binding) {
        List<Binding> taken = bindings.getOrDefault(binding.port, List.of());
        for (Binding other : taken) {
            boolean sameNic = binding.nicId == 0 || other.nicId == 0 || binding.nicId == other.nicId;
            boolean overlap = sameNic && other.overlaps(binding.address, binding.v6Only);
            if (other != binding && other.listening && overlap && !(binding.reusePort && other.reusePort)) {
                return false;
            }
        }
        return true;
    }

    public void release(Binding binding) {
        List<Binding> list = bindings.get(binding.port);
        if (list != null && list.remove(binding) && list.isEmpty()) {
            bindings.remove(binding.port);
        }
    }

    /** Takes a free ephemeral port for an endpoint without a peer, chosen at random (RFC 6056 section 3.3.1); or null. */
    public @Nullable Binding bindEphemeral(Wish wish) {
        int start = rng.nextInt(EPHEMERAL_COUNT);
        for (int i = 0; i < EPHEMERAL_COUNT; i++) {
            int port = FIRST_EPHEMERAL + (start + i) % EPHEMERAL_COUNT;
            // A random choice never lands on a port somebody has, whatever the options would allow.
            if (!bindings.containsKey(port)) {
                return bind(wish, port);
            }
        }
        return null;
    }

    /**
     * Chooses the local port of a connection: the hash of where it goes plus a counter (RFC 6056 section 3.3.3), so
     * that ports to one peer are used one after another while nobody else can predict them.
     *
     * @param isUnused whether the connection's four values would be unique with that port
     * @return the port, or 0 if none is left
     */
    public int chooseForConnection(IpAddress local, IpAddress remote, int remotePort, IntPredicate isUnused) {
        long offset = offsetHash.hash(local.high(), local.low(), remote.high(), remote.low(), remotePort);
        for (int i = 0; i < EPHEMERAL_COUNT; i++) {
            long at = (offset >>> 2) + counter++;
            int port = FIRST_EPHEMERAL + (int) (at % EPHEMERAL_COUNT);
            if (!bindings.containsKey(port) && isUnused.test(port)) {
                return port;
            }
        }
        return 0;
    }

    /** All bindings; endpoints that are archived afterwards find theirs among them. */
    public void archive(Archive archive) {
        offsetHash.archive(archive);
        counter = archive.int32(counter);
        List<Binding> all = new ArrayList<>();
        for (List<Binding> list : bindings.values()) {
            all.addAll(list);
        }
        archive.list(all, MAX_BINDINGS, Ports::archive);
        if (archive.isRestoring()) {
            for (Binding binding : all) {
                bindings.computeIfAbsent(binding.port, key -> new ArrayList<>(1))
                        .add(binding);
            }
        }
    }

    /** A binding, which an endpoint and the table both have. */
    public static Binding archive(Archive archive, @Nullable Binding saved) {
        return archive.shared(saved, Binding.class, Ports::archiveOnce);
    }

    private static Binding archiveOnce(Archive archive, @Nullable Binding saved) {
        int port = archive.count(saved == null ? 0 : saved.port, 0xffff);
        IpAddress address = ArchivedValues.address(archive, saved == null ? null : saved.address);
        boolean reusePort = archive.bool(saved != null && saved.reusePort);
        boolean v6Only = archive.bool(saved != null && saved.v6Only);
        int nicId = archive.int32(saved == null ? 0 : saved.nicId);
        Binding binding = saved == null ? new Binding(new Wish(address, false, reusePort, v6Only, nicId), port) : saved;
        binding.reuseAddress = archive.bool(binding.reuseAddress);
        binding.listening = archive.bool(binding.listening);
        return binding;
    }
}
