package dev.atoll.examples.capture;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A little of everything that a network stack sends: a name that is looked up, a connect that is refused, datagrams that
 * are answered, and one to a port where nobody is.
 *
 * <pre>{@code
 * SmallTalk TOPIC...
 * }</pre>
 *
 * <p>Topics, in the order they are given: {@code lookup NAME}, {@code fetch URL}; {@code echo HOST PORT}: datagrams of
 * several lengths come back, and a connection brings a greeting; {@code refused HOST PORT}: nobody is there, neither by
 * TCP nor by UDP; {@code answer PORT}: be the one who echoes and greets, until ended. It ends with an error at the first
 * one that goes otherwise; that a name is unknown is an answer.
 */
public final class SmallTalk {
    private static final int LIMIT_MS = 10_000;
    /** Odd and even lengths, for checksums, up to what fits a packet of an Ethernet. */
    private static final List<Integer> LENGTHS = List.of(0, 1, 2, 511, 512, 1471, 1472);

    private SmallTalk() {}

    public static void main(String[] arguments) throws IOException {
        Iterator<String> words = List.of(arguments).iterator();
        while (words.hasNext()) {
            String topic = words.next();
            switch (topic) {
                case "lookup" -> lookUp(words.next());
                case "fetch" -> fetch(URI.create(words.next()));
                case "echo" -> echo(place(words));
                case "refused" -> refused(place(words));
                case "answer" -> answer(Integer.parseInt(words.next()));
                default -> throw new IllegalArgumentException("no topic " + topic);
            }
        }
    }

    private static InetSocketAddress place(Iterator<String> words) {
        return new InetSocketAddress(words.next(), Integer.parseInt(words.next()));
    }

    private static void answer(int port) throws IOException {
        try (DatagramSocket datagrams = new DatagramSocket(port);
                ServerSocket server = new ServerSocket(port)) {
            Thread closer = new Thread(() -> closeAll(server), "closer");
            closer.setDaemon(true);
            closer.start();
            say("listening on " + port);
            byte[] buffer = new byte[65_535];
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                datagrams.send(packet);
            }
        }
    }

    private static void closeAll(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket visitor = server.accept()) {
                visitor.getOutputStream().write("good day\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                say("a visitor was lost: " + e);
            }
        }
    }

    private static void lookUp(String name) {
        try {
            say(name + " is " + Arrays.toString(InetAddress.getAllByName(name)));
        } catch (UnknownHostException e) {
            say(name + " is unknown");
        }
    }

    private static void fetch(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(LIMIT_MS);
        connection.setReadTimeout(LIMIT_MS);
        try (InputStream body = connection.getInputStream()) {
            say("fetched " + body.readAllBytes().length + " bytes");
        }
    }

    private static void echo(InetSocketAddress to) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(to);
            socket.setSoTimeout(LIMIT_MS);
            for (int length : LENGTHS) {
                byte[] sent = new byte[length];
                Arrays.fill(sent, (byte) length);
                socket.send(new DatagramPacket(sent, length));
                DatagramPacket back = new DatagramPacket(new byte[length + 1], length + 1);
                socket.receive(back);
                if (!Arrays.equals(sent, Arrays.copyOf(back.getData(), back.getLength()))) {
                    throw new IOException("a datagram of " + length + " bytes came back as another");
                }
            }
        }
        try (Socket socket = new Socket()) {
            socket.connect(to, LIMIT_MS);
            say("greeted with " + socket.getInputStream().readAllBytes().length + " bytes");
        }
        say("echoed");
    }

    private static void refused(InetSocketAddress by) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(by, LIMIT_MS);
            throw new IOException(by + " took the connection");
        } catch (ConnectException e) {
            say("TCP: " + e.getMessage());
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(by);
            socket.setSoTimeout(LIMIT_MS);
            socket.send(new DatagramPacket(new byte[3], 3));
            socket.receive(new DatagramPacket(new byte[1], 1));
            throw new IOException(by + " sent a datagram");
        } catch (PortUnreachableException e) {
            say("UDP: " + e.getMessage());
        } catch (SocketTimeoutException e) {
            throw new IOException(by + " neither answered nor refused", e);
        }
    }

    // Its output is what the caller waits for.
    @SuppressWarnings("SystemOut")
    private static void say(String line) {
        System.out.println(line);
    }
}
