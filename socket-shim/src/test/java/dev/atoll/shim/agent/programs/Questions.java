package dev.atoll.shim.agent.programs;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Uses every kind of channel and socket under a security manager, and prints what it was asked and what came of it. It is
 * for JDK 17, on which a program may set one.
 */
// Security managers are deprecated for removal.
@SuppressWarnings("removal")
public final class Questions {
    private static final InetAddress LOOPBACK = loopback();
    /** Not the first address of the loopback network, so that it differs from what stands in for it. */
    private static final InetSocketAddress HERE = new InetSocketAddress(address("127.0.0.5"), 0);

    private static final int KINDS = 3;
    private static final int FAR_TOO_MANY = 100;

    private static final Manager MANAGER = new Manager();

    private Questions() {}

    /** Allows everything but what it is told to deny, and remembers what it was asked. */
    private static final class Manager extends SecurityManager {
        private final List<String> asked = new ArrayList<>();
        private Set<String> denied = Set.of();
        private @Nullable String deniedSender;

        synchronized void denySender(@Nullable String host) {
            deniedSender = host;
        }

        synchronized void begin(Set<String> denied) {
            asked.clear();
            this.denied = denied;
        }

        synchronized String asked() {
            return String.join(" ", asked);
        }

        private synchronized void ask(String kind, String about) {
            asked.add(kind + "(" + about + ")");
            if (denied.contains(kind)) {
                throw new SecurityException(kind + " is denied");
            }
        }

        @Override
        public void checkConnect(String host, int port) {
            // What is asked of a local address is another question than whether to connect.
            ask(port == -1 ? "know" : "connect", host);
        }

        @Override
        public void checkListen(int port) {
            ask("listen", port == 0 ? "0" : "port");
        }

        @Override
        public void checkAccept(String host, int port) {
            ask("accept", host);
            synchronized (this) {
                if (host.equals(deniedSender)) {
                    throw new SecurityException("accept is denied");
                }
            }
        }

        @Override
        public void checkMulticast(InetAddress group) {
            ask("multicast", group.getHostAddress());
        }

        @Override
        public void checkPermission(Permission permission) {
            // Only the network is of interest.
        }
    }

    public static void main(String[] arguments) throws Exception {
        // Classes that ask while they are loaded do so before.
        NetworkInterface.getByInetAddress(LOOPBACK);
        System.setSecurityManager(MANAGER);
        streams();
        servers();
        datagrams();
        multicast();
        asynchronous();
        limit();
    }

    /** Of UDP, whatever the socket is. */
    private static void limit() throws Exception {
        List<Closeable> sockets = new ArrayList<>();
        say("as many sockets of datagrams as may be", Set.of(), () -> fill(sockets));
        for (int i = 0; i < KINDS; i++) {
            sockets.remove(0).close();
        }
        say("as many as were closed", Set.of(), () -> fill(sockets));
        for (Closeable each : sockets) {
            each.close();
        }
    }

    @SuppressWarnings("deprecation") // of the constructor of Socket
    private static String fill(List<Closeable> sockets) throws IOException {
        int before = sockets.size();
        try {
            while (sockets.size() < FAR_TOO_MANY) {
                sockets.add(
                        switch (sockets.size() % KINDS) {
                            case 0 -> DatagramChannel.open();
                            case 1 -> new DatagramSocket();
                            default -> new Socket(LOOPBACK, 9, false);
                        });
            }
            return "no limit";
        } catch (SocketException e) {
            return sockets.size() - before + ", then " + e;
        }
    }

    private static void streams() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(HERE);
                SocketChannel channel = SocketChannel.open()) {
            SocketAddress target = server.getLocalAddress();
            say("channel unbound", Set.of("know"), channel::getLocalAddress);
            say("channel bind denied", Set.of("listen"), () -> channel.bind(HERE));
            say("channel bind", Set.of(), () -> channel.bind(HERE) == channel);
            say("channel connect denied", Set.of("connect"), () -> channel.connect(target));
            say("channel connect", Set.of(), () -> channel.connect(target));
            say("channel address", Set.of(), channel::getLocalAddress);
            say("channel address denied", Set.of("know"), channel::getLocalAddress);
            say("channel remote address", Set.of("know"), channel::getRemoteAddress);
            say("channel text", Set.of(), channel::toString);
            say("adaptor address", Set.of(), channel.socket()::getLocalAddress);
            say("adaptor address denied", Set.of("know"), channel.socket()::getLocalAddress);
            say("adaptor socket address denied", Set.of("know"), channel.socket()::getLocalSocketAddress);
            say("adaptor text", Set.of("know"), channel.socket()::toString);
        }
        try (SocketChannel channel = SocketChannel.open()) {
            say("adaptor bind denied", Set.of("listen"), () -> {
                channel.socket().bind(HERE);
                return "bound";
            });
            say("adaptor connect denied", Set.of("connect"), () -> {
                channel.socket().connect(new InetSocketAddress(LOOPBACK, 9));
                return "connected";
            });
        }
    }

    private static void servers() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            say("server unbound", Set.of("know"), server::getLocalAddress);
            say("server bind denied", Set.of("listen"), () -> server.bind(HERE));
            say("server bind", Set.of(), () -> server.bind(HERE) == server);
            say("server address", Set.of(), server::getLocalAddress);
            say("server address denied", Set.of("know"), server::getLocalAddress);
            say("server text", Set.of(), server::toString);
            say("server adaptor address", Set.of(), server.socket()::getInetAddress);
            say("server adaptor address denied", Set.of("know"), server.socket()::getInetAddress);
            say("server adaptor socket address denied", Set.of("know"), server.socket()::getLocalSocketAddress);
            say("server adaptor text", Set.of("know"), server.socket()::toString);
            MANAGER.begin(Set.of());
            SocketAddress target = server.getLocalAddress();
            try (SocketChannel peer = SocketChannel.open(target)) {
                say("accept", Set.of(), () -> close(server.accept()));
                say("the peer", Set.of(), () -> peer.read(ByteBuffer.allocate(1)));
            }
            try (SocketChannel peer = SocketChannel.open(target)) {
                say("accept denied", Set.of("accept"), () -> close(server.accept()));
                say("the peer", Set.of(), () -> peer.read(ByteBuffer.allocate(1)));
            }
            try (SocketChannel peer = SocketChannel.open(target)) {
                say("adaptor accept denied", Set.of("accept"), server.socket()::accept);
                say("the peer", Set.of(), () -> peer.read(ByteBuffer.allocate(1)));
            }
        }
    }

    private static void datagrams() throws Exception {
        try (DatagramChannel channel = DatagramChannel.open();
                DatagramChannel other = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
                DatagramChannel third = DatagramChannel.open().bind(HERE)) {
            SocketAddress target = other.getLocalAddress();
            say("datagrams bind denied", Set.of("listen"), () -> channel.bind(HERE));
            say("datagrams bound by a send denied", Set.of("listen"), () -> channel.send(bytes(1), target));
            say("datagrams bind", Set.of(), () -> channel.bind(HERE) == channel);
            say("datagrams address", Set.of(), channel::getLocalAddress);
            say("datagrams address denied", Set.of("know"), channel::getLocalAddress);
            say("send", Set.of(), () -> channel.send(bytes(1), target));
            say("send denied", Set.of("connect"), () -> channel.send(bytes(1), target));
            say("send to port 0", Set.of("connect"), () -> channel.send(bytes(1), new InetSocketAddress(LOOPBACK, 0)));
            say(
                    "send to a group denied",
                    Set.of("multicast"),
                    () -> channel.send(bytes(1), new InetSocketAddress(address("239.1.2.3"), 9)));
            say("receive", Set.of(), () -> receive(other));
            other.configureBlocking(false);
            third.send(bytes(3), target);
            say("receive denied", Set.of("accept"), () -> receive(other));
            channel.send(bytes(2), target);
            say("receive", Set.of(), () -> receive(other));
            say("datagrams connect denied", Set.of("connect"), () -> channel.connect(target));
            say("datagrams connect, accept denied", Set.of("accept"), () -> channel.connect(target));
            say("datagrams connect", Set.of(), () -> channel.connect(target) == channel);
            say("write", Set.of("connect"), () -> channel.write(bytes(1)));
            other.send(bytes(4), channel.getLocalAddress());
            say("receive connected", Set.of("accept"), () -> receive(channel));
        }
        adaptor();
    }

    private static void adaptor() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(null);
                DatagramSocket other = new DatagramSocket(HERE);
                DatagramSocket third = new DatagramSocket(new InetSocketAddress(address("127.0.0.6"), 0))) {
            say("socket unbound", Set.of(), socket::getLocalAddress);
            say("socket unbound denied", Set.of("know"), socket::getLocalAddress);
            say("socket bind denied", Set.of("listen"), () -> {
                socket.bind(HERE);
                return "bound";
            });
            socket.bind(new InetSocketAddress(0));
            say("socket any address", Set.of("know"), socket::getLocalSocketAddress);
            say("socket address", Set.of(), other::getLocalAddress);
            say("socket address denied", Set.of("know"), other::getLocalAddress);
            say("socket address", Set.of(), other::getLocalSocketAddress);
            say("socket address denied", Set.of("know"), other::getLocalSocketAddress);
            MANAGER.begin(Set.of());
            DatagramPacket packet = new DatagramPacket(new byte[1], 1, LOOPBACK, socket.getLocalPort());
            say("socket send denied", Set.of("connect"), () -> {
                other.send(packet);
                return "sent";
            });
            third.send(packet);
            other.send(packet);
            DatagramPacket received = new DatagramPacket(new byte[8], 8);
            MANAGER.denySender(third.getLocalAddress().getHostAddress());
            say("socket receive", Set.of(), () -> {
                socket.receive(received);
                return received.getAddress();
            });
            MANAGER.denySender(null);
            say("socket connect denied", Set.of("accept"), () -> {
                socket.connect(other.getLocalSocketAddress());
                return "connected";
            });
        }
    }

    private static void multicast() throws Exception {
        NetworkInterface nic = NetworkInterface.getByInetAddress(LOOPBACK);
        InetAddress group = address("239.1.2.3");
        try (DatagramChannel channel = DatagramChannel.open();
                MulticastSocket socket = new MulticastSocket(0)) {
            say("join denied", Set.of("multicast"), () -> channel.join(group, nic));
            say("join", Set.of(), () -> channel.join(group, nic).isValid());
            say("join again denied", Set.of("multicast"), () -> channel.join(group, nic));
            SocketAddress address = new InetSocketAddress(group, 0);
            say("socket join denied", Set.of("multicast"), () -> join(socket, address, nic));
            say("socket join", Set.of(), () -> join(socket, address, nic));
            say("socket join again", Set.of(), () -> join(socket, address, nic));
            say("socket join again denied", Set.of("multicast"), () -> join(socket, address, nic));
            say("socket leave denied", Set.of("multicast"), () -> leave(socket, address, nic));
            say("socket leave", Set.of(), () -> leave(socket, address, nic));
        }
    }

    private static void asynchronous() throws Exception {
        try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open()) {
            say("async server bind denied", Set.of("listen"), () -> server.bind(HERE));
            say("async server bind", Set.of(), () -> server.bind(HERE) == server);
            say("async server address", Set.of(), server::getLocalAddress);
            say("async server address denied", Set.of("know"), server::getLocalAddress);
            say("async server text", Set.of(), server::toString);
            MANAGER.begin(Set.of());
            SocketAddress target = server.getLocalAddress();
            try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
                say("async bind denied", Set.of("listen"), () -> channel.bind(HERE));
                say("async bind", Set.of(), () -> channel.bind(HERE) == channel);
                say("async connect denied", Set.of("connect"), () -> channel.connect(target)
                        .get());
                say("async connect", Set.of(), () -> channel.connect(target).get());
                say("async address", Set.of(), channel::getLocalAddress);
                say("async address denied", Set.of("know"), channel::getLocalAddress);
                say("async text", Set.of(), channel::toString);
                say("async accept", Set.of(), () -> close(server.accept().get()));
            }
            try (SocketChannel peer = SocketChannel.open(target)) {
                say("async accept denied", Set.of("accept"), () -> server.accept()
                        .get());
                say("the peer", Set.of(), () -> peer.read(ByteBuffer.allocate(1)));
            }
            CompletableFuture<String> told = new CompletableFuture<>();
            MANAGER.begin(Set.of("accept"));
            server.accept(null, new CompletionHandler<AsynchronousSocketChannel, @Nullable Void>() {
                @Override
                public void completed(AsynchronousSocketChannel accepted, @Nullable Void attachment) {
                    told.complete("accepted");
                }

                @Override
                public void failed(Throwable failure, @Nullable Void attachment) {
                    told.complete(failure.toString());
                }
            });
            try (SocketChannel peer = SocketChannel.open()) {
                peer.connect(target);
                System.out.println("async handler: " + told.get());
            }
        }
    }

    private static String join(MulticastSocket socket, SocketAddress group, NetworkInterface nic) throws IOException {
        socket.joinGroup(group, nic);
        return "joined";
    }

    private static String leave(MulticastSocket socket, SocketAddress group, NetworkInterface nic) throws IOException {
        socket.leaveGroup(group, nic);
        return "left";
    }

    private static String close(AutoCloseable closed) throws Exception {
        closed.close();
        return "closed";
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    private static String receive(DatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        SocketAddress sender = channel.receive(buffer);
        return buffer.position() + " from " + sender;
    }

    private static InetAddress loopback() {
        return address("127.0.0.1");
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Ports are chosen, and the classes of channels are ours or the JDK's. */
    private static String settled(Object result) {
        return String.valueOf(result)
                .replaceAll(":\\d{2,}", ":port")
                .replaceAll("port=\\d{2,}", "port=port")
                .replaceAll("^[a-z.]+\\.[A-Za-z]+\\[", "[");
    }

    private static void say(String what, Set<String> denied, Callable<?> use) {
        MANAGER.begin(denied);
        String outcome;
        try {
            outcome = settled(use.call());
        } catch (ExecutionException e) {
            outcome = "failed: " + e.getCause();
        } catch (Exception e) {
            outcome = e.toString();
        }
        System.out.println(what + ": " + outcome + " / asked: " + MANAGER.asked());
        MANAGER.begin(Set.of());
    }
}
