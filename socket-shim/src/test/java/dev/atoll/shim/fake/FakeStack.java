package dev.atoll.shim.fake;

import dev.atoll.bridge.InterfaceView;
import dev.atoll.shim.StackSockets;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host in memory: 127.0.0.0/8 and 10.0.0.1 are its own. To test what a network does, destinations decide: 10.251/16 swallows
 * everything, 10.252/16 has no route, 10.253/16 is refused by a policy's rule; every other address answers with a refusal.
 *
 * <p>One lock guards all endpoints; listeners are called after it is given up.
 */
public final class FakeStack implements StackSockets {
    /** What the rule that refuses 10.253/16 is called. */
    public static final String RULE = "egress.rules:12: -A OUTPUT -d 10.253.0.0/16 -j REJECT";

    static final IpAddress HOST = IpAddress.parse("10.0.0.1");
    private static final int FIRST_EPHEMERAL = 32768;

    final Object lock = new Object();
    private final Map<Integer, FakeTcpListener> listeners = new LinkedHashMap<>();
    private final Map<Integer, FakeUdp> datagramSockets = new LinkedHashMap<>();
    private final List<FakeEndpoint> changed = new ArrayList<>();
    private int nextPort = FIRST_EPHEMERAL;
    private long nextId = 1;

    @Override
    public TcpEndpoint newTcpEndpoint() {
        return new FakeTcp(this);
    }

    @Override
    public TcpListener newTcpListener() {
        return new FakeTcpListener(this);
    }

    @Override
    public UdpEndpoint newUdpEndpoint() {
        return new FakeUdp(this);
    }

    @Override
    public IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException {
        throw new StackException(StackError.NOT_SUPPORTED);
    }

    @Override
    public boolean hasIpv6() {
        return false;
    }

    @Override
    public boolean wantsCallers() {
        return false;
    }

    @Override
    public List<InterfaceView> interfaces() {
        try {
            InterfaceView.Binding loopback =
                    new InterfaceView.Binding(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 8, null);
            InterfaceView.Binding host =
                    new InterfaceView.Binding(InetAddress.getByAddress(HOST.octets()), 24, (java.net.Inet4Address)
                            InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) 255}));
            return List.of(
                    new InterfaceView(
                            "lo",
                            1,
                            List.of(loopback),
                            true,
                            true,
                            false,
                            false,
                            InterfaceView.NO_HARDWARE_ADDRESS,
                            65536),
                    new InterfaceView("eth0", 2, List.of(host), true, false, false, true, 0x020000000001L, 1500));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    long newId() {
        synchronized (lock) {
            return nextId++;
        }
    }

    /** With the lock held: the endpoint's listener is to be told. */
    void changed(FakeEndpoint endpoint) {
        changed.add(endpoint);
    }

    /** Without the lock: tells listeners. */
    void tell() {
        List<FakeEndpoint> now;
        synchronized (lock) {
            if (changed.isEmpty()) {
                return;
            }
            now = new ArrayList<>(changed);
            changed.clear();
        }
        for (FakeEndpoint endpoint : now) {
            endpoint.tellListener();
        }
    }

    // ---- with the lock held

    static boolean isOwn(IpAddress address) {
        return address.isLoopback() || address.equals(HOST) || address.isUnspecified();
    }

    private static boolean isIn(IpAddress address, int secondOctet) {
        return address.isV4() && address.v4Bits() >>> 16 == (10 << 8 | secondOctet);
    }

    static boolean isSwallowed(IpAddress address) {
        return isIn(address, 251);
    }

    static void checkRoute(IpAddress address) throws StackException {
        if (isIn(address, 252)) {
            throw new StackException(StackError.NETWORK_UNREACHABLE);
        }
        if (isIn(address, 253)) {
            throw new StackException(StackError.REFUSED, RULE);
        }
    }

    int ephemeralPort() {
        return nextPort++;
    }

    int bindTcp(FakeEndpoint endpoint, FullAddress local) throws StackException {
        checkOwn(local);
        int port = local.port() == 0 ? ephemeralPort() : local.port();
        if (listeners.containsKey(port)) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        if (endpoint instanceof FakeTcpListener listener) {
            listeners.put(port, listener);
        }
        return port;
    }

    private static void checkOwn(FullAddress local) throws StackException {
        if (!isOwn(local.address()) && !local.address().isMulticast()) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
    }

    void unbindTcp(int port, FakeTcpListener listener) {
        listeners.remove(port, listener);
    }

    @Nullable FakeTcpListener listenerAt(FullAddress address) {
        return isOwn(address.address()) ? listeners.get(address.port()) : null;
    }

    int bindUdp(FakeUdp endpoint, FullAddress local) throws StackException {
        checkOwn(local);
        int port = local.port() == 0 ? ephemeralPort() : local.port();
        if (datagramSockets.putIfAbsent(port, endpoint) != null) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        return port;
    }

    void unbindUdp(int port, FakeUdp endpoint) {
        datagramSockets.remove(port, endpoint);
    }

    @Nullable FakeUdp datagramSocketAt(FullAddress address) {
        return isOwn(address.address()) || address.address().isMulticast() ? datagramSockets.get(address.port()) : null;
    }
}
