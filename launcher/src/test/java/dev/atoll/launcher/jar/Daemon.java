package dev.atoll.launcher.jar;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * A program that starts a worker as Gradle's daemon does: {@code java @FILE}, with the worker's configuration on its standard input. The
 * daemon listens on loopback and tells every loopback address it has; the worker connects to the first that answers.
 */
public final class Daemon {
    private static final int CONNECT_LIMIT_MS = 10_000;

    private Daemon() {}

    /** Runs a worker; or is one, without arguments. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            work();
            return;
        }
        Path options = Path.of(arguments[0], "worker.args");
        Files.write(
                options,
                List.of(
                        "-Xmx64m",
                        "-Dfile.encoding=UTF-8",
                        "-cp",
                        '"' + System.getProperty("java.class.path") + '"',
                        Daemon.class.getName()));
        InetAddress listensAt = loopback().get(loopback().size() - 1);
        try (ServerSocketChannel listening = ServerSocketChannel.open().bind(new InetSocketAddress(listensAt, 0))) {
            Process worker = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "@" + options)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (DataOutputStream configuration = new DataOutputStream(worker.getOutputStream())) {
                configuration.writeInt(listening.socket().getLocalPort());
                configuration.writeInt(loopback().size());
                for (InetAddress address : loopback()) {
                    byte[] octets = address.getAddress();
                    configuration.writeInt(octets.length);
                    configuration.write(octets);
                }
            }
            try (SocketChannel connected = listening.accept();
                    DataInputStream in = new DataInputStream(Channels.newInputStream(connected))) {
                System.out.println("worker at " + in.readUTF() + " says " + in.readUTF());
            }
            System.out.println("worker ended: " + worker.waitFor());
        }
    }

    /** IPv6 first, as nobody listens there: the worker has to go on to the next. */
    private static List<InetAddress> loopback() throws IOException {
        List<InetAddress> all =
                Collections.list(NetworkInterface.getByName("lo").getInetAddresses());
        all.sort((a, b) -> Boolean.compare(b instanceof Inet6Address, a instanceof Inet6Address));
        return all;
    }

    private static void work() throws IOException {
        DataInputStream configuration = new DataInputStream(System.in);
        int port = configuration.readInt();
        int addresses = configuration.readInt();
        IOException last = new IOException("no address");
        for (int i = 0; i < addresses; i++) {
            byte[] octets = configuration.readNBytes(configuration.readInt());
            try (SocketChannel channel = SocketChannel.open()) {
                channel.socket()
                        .connect(new InetSocketAddress(InetAddress.getByAddress(octets), port), CONNECT_LIMIT_MS);
                try (DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel))) {
                    out.writeUTF(NetworkInterface.getByName("eth0")
                            .getInetAddresses()
                            .nextElement()
                            .getHostAddress());
                    out.writeUTF("done");
                }
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
