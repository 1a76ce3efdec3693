package dev.atoll.shim.agent.programs;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** What in the JDK uses sockets its own way: HTTP servers and clients, proxies, subclasses. */
public final class Libraries {
    private Libraries() {}

    public static void main(String[] arguments) throws Exception {
        http();
        proxy();
        subclass();
        datagram();
    }

    private static void say(String what, Object value) {
        System.out.println(what + ": " + value);
    }

    private static void http() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/hello");
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        say("HttpClient", response.statusCode() + " " + response.body());
        try (InputStream in = uri.toURL().openStream()) {
            say("HttpURLConnection", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        server.stop(0);
    }

    /** A SOCKS 5 proxy of few words: takes the request and is the server itself. */
    private static void proxy() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> serveSocks(proxy));
            server.start();
            Proxy socks = new Proxy(Proxy.Type.SOCKS, proxy.getLocalSocketAddress());
            try (Socket socket = new Socket(socks)) {
                socket.connect(InetSocketAddress.createUnresolved("behind.test", 80));
                say("through a proxy", socket.getInputStream().read());
            }
            server.join();
        }
    }

    private static void serveSocks(ServerSocket proxy) {
        try (Socket client = proxy.accept()) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            in.readNBytes(1);
            in.readNBytes(in.read());
            out.write(new byte[] {5, 0});
            in.readNBytes(4);
            in.readNBytes(in.read() + 2);
            out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            out.write(42);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class OwnSocket extends Socket {}

    private static final class OwnServerSocket extends ServerSocket {
        OwnServerSocket() throws IOException {
            super(0, 50, InetAddress.getLoopbackAddress());
        }

        @Override
        public Socket accept() throws IOException {
            Socket accepted = new OwnSocket();
            implAccept(accepted);
            return accepted;
        }
    }

    private static void subclass() throws IOException {
        try (ServerSocket server = new OwnServerSocket();
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            accepted.getOutputStream().write(17);
            say(
                    "subclass",
                    accepted.getClass().getSimpleName() + " "
                            + client.getInputStream().read());
        }
    }

    private static void datagram() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            DatagramPacket packet = new DatagramPacket(new byte[3], 3, socket.getLocalSocketAddress());
            socket.send(packet);
            socket.receive(packet);
            say("datagram", packet.getLength());
        }
    }
}
