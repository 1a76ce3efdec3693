package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * A program that talks to link-local addresses, by scopes of every form, and prints what the addresses of its sockets look like.
 *
 * <p>Usage: {@code Scopes PEER-FILE INTERFACE}: the file, which comes when it likes, has the address of a peer that greets and
 * echoes on {@value #PORT}.
 */
public final class Scopes {
    static final int PORT = 8080;

    /** The program's own server. */
    static final int OWN_PORT = 9000;

    private static final int LIMIT_MS = 20_000;

    /** The host's kernel looks first whether somebody else has its address. */
    private static final int PEER_LIMIT_S = 60;

    private Scopes() {}

    /** Prints {@code WHAT=...}. */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        AwaitedFile.await(file, PEER_LIMIT_S);
        String peer = Files.readString(file).strip();
        NetworkInterface link = NetworkInterface.getByName(args[1]);
        Inet6Address own = linkLocal(link);
        say(
                "own",
                own.getHostAddress().replaceAll(".*%", "%") + " " + own.getScopeId() + " " + own.getScopedInterface());
        say("index", link.getIndex());
        say("loopback", linkLocalOrAny(NetworkInterface.getByName("lo")));

        Inet6Address byName = (Inet6Address) InetAddress.getByName(peer + "%" + args[1]);
        say("byName", byName.getScopeId() + " " + byName.getScopedInterface());
        Inet6Address byNumber = (Inet6Address) InetAddress.getByName(peer + "%" + link.getIndex());
        say("byNumber", byNumber.getScopeId() + " " + byNumber.getScopedInterface());
        Inet6Address byInterface = Inet6Address.getByAddress(null, byName.getAddress(), link);
        say("byInterface", byInterface.getScopeId() + " " + byInterface.getScopedInterface());
        try {
            say("unknown", InetAddress.getByName(peer + "%nosuch0"));
        } catch (UnknownHostException e) {
            say("unknown", e);
        }
        say("reachable", byName.isReachable(LIMIT_MS) + " " + byName.isReachable(link, 0, LIMIT_MS));

        say("connectByName", connect(byName, null));
        say("connectByNumber", connect(byNumber, null));
        say("connectByInterface", connect(byInterface, null));
        say("connectBound", connect(byName, own));
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress(byName, PORT))) {
            say("channel", scope(channel.getLocalAddress()) + " " + scope(channel.getRemoteAddress()));
        }
        say("datagrams", exchange(byName, own));
        say("group", group(link));
        serve(own);
    }

    private static Inet6Address linkLocal(NetworkInterface link) {
        return (Inet6Address) Collections.list(link.getInetAddresses()).stream()
                .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                .findFirst()
                .orElseThrow();
    }

    private static String linkLocalOrAny(NetworkInterface link) {
        StringBuilder text = new StringBuilder();
        for (InetAddress each : Collections.list(link.getInetAddresses())) {
            text.append(each.getHostAddress()).append(' ');
        }
        return text.toString();
    }

    private static String connect(Inet6Address peer, @Nullable Inet6Address local) throws IOException {
        try (Socket socket = new Socket()) {
            if (local != null) {
                socket.bind(new InetSocketAddress(local, 0));
            }
            socket.connect(new InetSocketAddress(peer, PORT), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write(Probe.REQUEST.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer + " " + scope(socket.getLocalSocketAddress()) + " " + scope(socket.getRemoteSocketAddress());
        }
    }

    /** To the peer, and then to whoever answered. */
    private static String exchange(Inet6Address peer, Inet6Address own) throws IOException {
        StringBuilder text = new StringBuilder();
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(own, 0))) {
            socket.setSoTimeout(LIMIT_MS);
            text.append(scope(socket.getLocalSocketAddress()));
            DatagramPacket packet = new DatagramPacket(new byte[1], 1, peer, PORT);
            for (int i = 0; i < 2; i++) {
                socket.send(packet);
                socket.receive(packet);
                text.append(' ').append(scope(packet.getSocketAddress()));
            }
        }
        try (DatagramChannel channel = DatagramChannel.open().bind(null)) {
            channel.socket().setSoTimeout(LIMIT_MS);
            channel.send(ByteBuffer.allocate(1), new InetSocketAddress(peer, PORT));
            text.append(' ').append(scope(channel.receive(ByteBuffer.allocate(1))));
            channel.connect(new InetSocketAddress(peer, PORT));
            text.append(' ').append(scope(channel.getLocalAddress()));
        }
        return text.toString();
    }

    /** A group that is joined on the link is sent to on that link, and this host hears itself. */
    private static String group(NetworkInterface link) throws IOException {
        InetAddress group = InetAddress.getByName("ff02::4711%" + link.getName());
        try (MulticastSocket member = new MulticastSocket(0);
                DatagramSocket sender = new DatagramSocket()) {
            member.setSoTimeout(LIMIT_MS);
            member.joinGroup(new InetSocketAddress(group, 0), link);
            sender.send(new DatagramPacket(new byte[1], 1, group, member.getLocalPort()));
            DatagramPacket packet = new DatagramPacket(new byte[1], 1);
            member.receive(packet);
            return scope(packet.getSocketAddress());
        }
    }

    private static void serve(Inet6Address own) throws IOException {
        try (ServerSocket server = new ServerSocket(OWN_PORT, 5, own)) {
            server.setSoTimeout(LIMIT_MS);
            say("listening", own.getHostAddress().replaceAll("%.*", ""));
            try (Socket accepted = server.accept()) {
                byte[] unusedRequest = accepted.getInputStream().readNBytes(Probe.REQUEST.length());
                accepted.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                say(
                        "accepted",
                        scope(accepted.getRemoteSocketAddress()) + " " + scope(accepted.getLocalSocketAddress()));
            }
        }
    }

    /** What stands behind the address. */
    private static String scope(Object socketAddress) {
        InetAddress address = ((InetSocketAddress) socketAddress).getAddress();
        String text = address.getHostAddress();
        return text.contains("%") ? text.replaceAll(".*%", "%") : text;
    }

    private static void say(String what, Object value) {
        System.out.println(what + "=" + value);
    }
}
