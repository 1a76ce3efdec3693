package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Servers on the host's side: on each {@code PORT} or {@code ADDRESS:PORT} TCP, which greets, and UDP, which echoes; on
 * {@code echo:PORT} TCP that echoes for as long as it is asked to. Ends when its stdin does. What UDP answers comes from the
 * address that was asked only if it is given.
 */
public final class Servers {
    private static final String ECHO = "echo:";
    private static final int BACKLOG = 200;

    private Servers() {}

    /** Listens, says so, waits for its end. */
    public static void main(String[] places) throws IOException {
        List<AutoCloseable> open = new ArrayList<>();
        for (String place : places) {
            if (place.startsWith(ECHO)) {
                ServerSocket echoes = new ServerSocket(Integer.parseInt(place.substring(ECHO.length())), BACKLOG);
                open.add(echoes);
                serve(() -> echoOn(echoes.accept()));
                continue;
            }
            InetSocketAddress address = address(place);
            ServerSocket listener = new ServerSocket(address.getPort(), 50, address.getAddress());
            DatagramSocket datagrams = new DatagramSocket(address);
            open.add(listener);
            open.add(datagrams);
            serve(() -> greet(listener));
            serve(() -> echo(datagrams));
        }
        System.out.println("listening on " + open.size() + " sockets");
        while (System.in.read() >= 0) {
            // Nothing is expected but the end.
        }
        System.exit(0);
    }

    private static InetSocketAddress address(String place) {
        int colon = place.lastIndexOf(':');
        int port = Integer.parseInt(place.substring(colon + 1));
        return colon < 0 ? new InetSocketAddress(port) : new InetSocketAddress(place.substring(0, colon), port);
    }

    /** One exchange. */
    private interface Exchange {
        void run() throws IOException;
    }

    private static void serve(Exchange exchange) {
        Thread thread = new Thread(() -> {
            while (true) {
                try {
                    exchange.run();
                } catch (IOException e) {
                    System.err.println("one exchange failed: " + e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void greet(ServerSocket listener) throws IOException {
        try (Socket socket = listener.accept()) {
            // Else the close would be a reset, which may overtake the answer.
            byte[] unusedRequest = socket.getInputStream().readNBytes(Probe.REQUEST.length());
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void echoOn(Socket connection) {
        Thread thread = new Thread(() -> {
            try (connection) {
                connection.getInputStream().transferTo(connection.getOutputStream());
            } catch (IOException e) {
                System.err.println("an echo ended: " + e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void echo(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        socket.receive(packet);
        socket.send(packet);
    }
}
