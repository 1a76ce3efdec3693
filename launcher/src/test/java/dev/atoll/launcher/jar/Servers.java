package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Servers on the host's side: on each {@code PORT} or {@code ADDRESS:PORT} TCP, which greets, and UDP, which echoes; on
 * {@code echo:PORT} TCP that echoes for as long as it is asked to; on {@code PLACE=ADDRESS} a name server. Ends when its stdin
 * does. What UDP answers comes from the address that was asked only if it is given.
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
            if (place.indexOf('=') > 0) {
                open.add(names(place.split("=", -1)));
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

    /** A name server, for which every name has one IPv4 address: {@code 192.0.2.1:53=192.0.2.1}. */
    private static DatagramSocket names(String[] placeAndAddress) throws IOException {
        DatagramSocket socket = new DatagramSocket(address(placeAndAddress[0]));
        byte[] address = InetAddress.getByName(placeAndAddress[1]).getAddress();
        serve(() -> name(socket, address));
        return socket;
    }

    /** RFC 1035 section 4: the question as it came, and for one of type A a record whose name points to it; without EDNS. */
    private static void name(DatagramSocket socket, byte[] address) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        ByteBuffer answer = ByteBuffer.wrap(packet.getData());
        int endOfName = 12;
        while (answer.get(endOfName) != 0) {
            endOfName += 1 + answer.get(endOfName);
        }
        boolean asksForIpv4 = answer.getShort(endOfName + 1) == 1;
        answer.putShort(2, (short) 0x8180)
                .putShort(6, (short) (asksForIpv4 ? 1 : 0))
                .putShort(10, (short) 0)
                .position(endOfName + 5);
        if (asksForIpv4) {
            answer.putShort((short) 0xc00c)
                    .putShort((short) 1)
                    .putShort((short) 1)
                    .putInt(60);
            answer.putShort((short) address.length).put(address);
        }
        packet.setLength(answer.position());
        socket.send(packet);
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
