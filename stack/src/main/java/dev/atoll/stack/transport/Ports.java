package dev.atoll.stack.transport;

import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.env.Rng;
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

    private static final int EPHEMERAL_COUNT = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;

    /** One endpoint's hold on a port; given back with {@link Ports#release}. */
    public static final class Binding {
        private final IpAddress address;
        private final int port;
        private boolean reuseAddress;
        private final boolean reusePort;
        private boolean listening;

        Binding(IpAddress address, int port, boolean reuseAddress, boolean reusePort) {
            this.address = address;
            this.port = port;
            this.reuseAddress = reuseAddress;
            this.reusePort = reusePort;
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
    public @Nullable Binding bind(IpAddress address, int port, boolean reuseAddress, boolean reusePort) {
        if (!isFree(address, port, reuseAddress, reusePort)) {
            return null;
        }
        Binding binding = new Binding(address, port, reuseAddress, reusePort);
        bindings.computeIfAbsent(port, key -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    /** Whether a binding with these values would be allowed. */
    public boolean isFree(IpAddress address, int port, boolean reuseAddress, boolean reusePort) {
        List<Binding> taken = bindings.get(port);
        if (taken == null) {
            return true;
        }
        for (Binding other : taken) {
            boolean overlap = other.address.isUnspecified() || address.isUnspecified() || other.address.equals(address);
            boolean shared = (reuseAddress && other.reuseAddress && !other.listening) || (reusePort && other.reusePort);
            if (overlap && !shared) {
                return false;
            }
        }
        return true;
    }

    /** Whether a port that now becomes a listener's would clash with another listener that shares it. */
    public boolean mayListen(Binding binding) {
        List<Binding> taken = bindings.getOrDefault(binding.port, List.of());
        for (Binding other : taken) {
            boolean overlap = other.address.isUnspecified()
                    || binding.address.isUnspecified()
                    || other.address.equals(binding.address);
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
    public @Nullable Binding bindEphemeral(IpAddress address, boolean reuseAddress, boolean reusePort) {
        int start = rng.nextInt(EPHEMERAL_COUNT);
        for (int i = 0; i < EPHEMERAL_COUNT; i++) {
            int port = FIRST_EPHEMERAL + (start + i) % EPHEMERAL_COUNT;
            // A random choice never lands on a port somebody has, whatever the options would allow.
            if (!bindings.containsKey(port)) {
                return bind(address, port, reuseAddress, reusePort);
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
}
