package dev.atoll.stack.fuzz;

import dev.atoll.stack.Nic;
import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What one stack says to the other: a little of everything, and whatever goes wrong with it is no matter. */
final class Traffic {
    static final int PORT = 7;
    private static final int MAX_CONNECTIONS = 20;
    private static final IpAddress GROUP = IpAddress.parse("239.1.2.3");
    private static final IpAddress GROUP6 = IpAddress.parse("ff15::7");

    private final Stack stack;
    private SplittableRandom random;
    private final IpAddress peer;
    private final IpAddress peer6;
    private final TcpListener listener;
    private final UdpEndpoint udp;
    private final IcmpEndpoint ping;
    private final IcmpEndpoint ping6;
    private final RawEndpoint raw;
    private final List<TcpEndpoint> connections = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(70_000);

    Traffic(Stack stack, SplittableRandom random, int number) throws StackException {
        this.stack = stack;
        this.random = random;
        peer = IpAddress.parse("10.0.0." + (3 - number));
        peer6 = IpAddress.parse("fd00::" + (3 - number));
        listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V6_ANY, PORT));
        listener.listen(5);
        udp = stack.newUdpEndpoint();
        udp.bind(new FullAddress(IpAddress.V6_ANY, PORT));
        udp.setOption(EndpointOption.IP_RECVERR, true);
        ping = stack.newIcmpEndpoint(true);
        ping6 = stack.newIcmpEndpoint(false);
        raw = stack.newRawEndpoint(true, 253);
    }

    /** Goes on in a stack that was made from what another saved, with the same endpoints and other dice. */
    Traffic(Traffic before, RestoredStack restored, SplittableRandom random) {
        stack = restored.stack();
        this.random = random;
        peer = before.peer;
        peer6 = before.peer6;
        listener = same(restored, before.listener, TcpListener.class);
        udp = same(restored, before.udp, UdpEndpoint.class);
        ping = same(restored, before.ping, IcmpEndpoint.class);
        ping6 = same(restored, before.ping6, IcmpEndpoint.class);
        raw = same(restored, before.raw, RawEndpoint.class);
        for (TcpEndpoint endpoint : before.connections) {
            connections.add(same(restored, endpoint, TcpEndpoint.class));
        }
    }

    private static <T extends Endpoint> T same(RestoredStack restored, Endpoint before, Class<T> type) {
        Endpoint endpoint = restored.endpoint(before.uniqueId());
        if (endpoint == null) {
            throw new AssertionError("there is no endpoint " + before.uniqueId() + " any more: " + type.getName());
        }
        return type.cast(endpoint);
    }

    /** From now on the dice fall as this seed says. */
    void rollAnew(long seed) {
        random = new SplittableRandom(seed);
    }

    /** All endpoints that are not closed. */
    List<Endpoint> endpoints() {
        List<Endpoint> all = new ArrayList<>(connections);
        all.addAll(List.of(listener, udp, ping, ping6, raw));
        return all;
    }

    void act() {
        try {
            switch (random.nextInt(16)) {
                case 0 -> open();
                case 1 -> accept();
                case 2 -> udp.send(bytes(random.nextInt(100)), to(PORT));
                case 3 -> udp.send(bytes(random.nextInt(20) == 0 ? 65_000 : random.nextInt(5000)), to(PORT));
                case 4 -> udp.send(bytes(10), to(PORT + 1));
                case 5 -> udp.send(bytes(10), new FullAddress(2, random.nextBoolean() ? GROUP : GROUP6, PORT));
                case 6 -> ping.send(echo(8), new FullAddress(peer, 0));
                case 7 -> ping6.send(echo(128), new FullAddress(peer6, 0));
                case 8 -> group();
                case 9 -> raw.send(bytes(random.nextInt(64)), new FullAddress(peer, 0));
                case 10 -> udp.send(bytes(10), new FullAddress(IpAddress.parse("192.0.2.7"), PORT));
                case 11 -> neighbors();
                default -> talk();
            }
            drain();
        } catch (StackException e) {
            // Refused, reset, unreachable: what spoiled frames do to honest traffic. That some gets through is looked
            // at
            // when the stack is closed.
            return;
        }
    }

    private FullAddress to(int port) {
        return new FullAddress(random.nextBoolean() ? peer : peer6, port);
    }

    private ByteBuffer bytes(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < Math.min(length, 40); i++) {
            bytes.put(i, (byte) random.nextInt(256));
        }
        return bytes;
    }

    private ByteBuffer echo(int type) {
        return bytes(8 + random.nextInt(2000)).put(0, (byte) type).put(1, (byte) 0);
    }

    private void open() throws StackException {
        if (connections.size() >= MAX_CONNECTIONS) {
            connections.remove(random.nextInt(connections.size())).close();
            return;
        }
        TcpEndpoint endpoint = stack.newTcpEndpoint();
        connections.add(endpoint);
        endpoint.connect(random.nextInt(10) == 0 ? new FullAddress(IpAddress.parse("192.0.2.7"), 80) : to(PORT));
    }

    private void accept() throws StackException {
        TcpEndpoint accepted = listener.accept();
        if (accepted != null) {
            connections.add(accepted);
        }
    }

    private void talk() throws StackException {
        if (connections.isEmpty()) {
            return;
        }
        TcpEndpoint endpoint = connections.get(random.nextInt(connections.size()));
        switch (random.nextInt(24)) {
            case 0 -> endpoint.shutdownWrite();
            case 1 -> endpoint.shutdownRead();
            case 2 -> endpoint.sendUrgent((byte) 1);
            case 3 -> {
                connections.remove(endpoint);
                endpoint.close();
            }
            case 4 -> {
                connections.remove(endpoint);
                endpoint.abort();
            }
            case 5 -> endpoint.setOption(EndpointOption.TCP_NODELAY, random.nextBoolean());
            case 6, 7, 8, 9, 10 -> endpoint.read(buffer.clear());
            default -> endpoint.write(bytes(random.nextInt(20_000)));
        }
    }

    private void group() throws StackException {
        IpAddress group = random.nextBoolean() ? GROUP : GROUP6;
        if (random.nextBoolean()) {
            udp.joinGroup(group, 2, null);
        } else {
            udp.leaveGroup(group, 2, null);
        }
    }

    private void neighbors() {
        Nic nic = stack.nics().get(1);
        if (random.nextInt(10) == 0) {
            nic.neighbors().clear();
        } else if (random.nextInt(50) == 0) {
            nic.setEnabled(false);
            nic.setEnabled(true);
        }
    }

    private void drain() throws StackException {
        for (int i = 0; i < 4; i++) {
            udp.receive(buffer.clear());
            udp.takeMessageError();
        }
        ping.receive(buffer.clear());
        ping6.receive(buffer.clear());
        raw.receive(buffer.clear());
    }

    void close() {
        connections.forEach(Endpoint::close);
        listener.close();
        udp.close();
        ping.close();
        ping6.close();
        raw.close();
    }
}
