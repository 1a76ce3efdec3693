package dev.atoll.examples.libraries;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Programs that are not Java's and this one on one localhost: a PostgreSQL server that it starts and queries, and {@code curl}, which
 * fetches from its web server.
 *
 * <p>Usage: {@code LocalhostTour POSTGRES DATA_DIRECTORY PORT COPY_MIB}; the data directory was made by {@code initdb}.
 */
public final class LocalhostTour {
    private static final int LIMIT_S = 30;
    private static final int FILE_BYTES = 10 << 20;

    private LocalhostTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("usage: LocalhostTour POSTGRES DATA_DIRECTORY PORT COPY_MIB");
        }
        File data = new File(args[1]);
        Process postgres = new ProcessBuilder(
                        args[0],
                        "-D",
                        args[1],
                        "-p",
                        args[2],
                        "-c",
                        "listen_addresses=localhost",
                        "-c",
                        "fsync=off",
                        "-c",
                        "unix_socket_directories=" + data.getParent())
                .redirectErrorStream(true)
                .redirectOutput(new File(data.getParentFile(), "postgres.log"))
                .start();
        try {
            InetAddress[] localhost = InetAddress.getAllByName("localhost");
            for (InetAddress each : localhost) {
                awaitListener(postgres, new InetSocketAddress(each, Integer.parseInt(args[2])));
            }
            PostgresTour.main(new String[] {"localhost", args[2], "atoll", args[3]});
            for (InetAddress each : localhost) {
                serveCurl(each);
            }
        } finally {
            postgres.destroy();
            postgres.waitFor(LIMIT_S, TimeUnit.SECONDS);
        }
    }

    private static void awaitListener(Process server, InetSocketAddress address)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address);
                System.out.println(
                        "PostgreSQL listens at " + address.getAddress().getHostAddress());
                return;
            } catch (ConnectException e) {
                if (!server.isAlive() || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void serveCurl(InetAddress address)
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        byte[] file = new byte[FILE_BYTES];
        new SplittableRandom(1).nextBytes(file);
        HttpServer server = HttpServer.create(new InetSocketAddress(0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
            exchange.close();
        });
        server.start();
        String host =
                address.getAddress().length == 4 ? address.getHostAddress() : "[" + address.getHostAddress() + "]";
        Process curl = new ProcessBuilder(
                        "curl",
                        "--silent",
                        "--show-error",
                        "--fail",
                        "--globoff",
                        "--max-time",
                        Integer.toString(LIMIT_S),
                        "http://" + host + ":" + server.getAddress().getPort() + "/")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] fetched = curl.getInputStream().readAllBytes();
        int code = curl.waitFor();
        server.stop(0);
        if (code != 0 || !Arrays.equals(file, fetched)) {
            throw new IOException("curl ended with " + code + " and " + fetched.length + " bytes");
        }
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(fetched), 0, 8);
        System.out.println("curl fetched " + fetched.length + " bytes from " + host + ", SHA-256 " + sum + "...");
    }
}
