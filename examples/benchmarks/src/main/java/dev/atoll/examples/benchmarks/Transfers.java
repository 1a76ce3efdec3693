package dev.atoll.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A program that transfers in bulk and connects over and over, with sockets of the JDK, and its peer: {@code Transfers serve PORT} and
 * {@code Transfers measure HOST PORT SECONDS}, which prints megabytes a second out, those in, and connections a second, each measured
 * for so long once the program is warm. {@code Transfers beside PORT SECONDS} starts the peer itself, as a process of its own, and
 * measures at 127.0.0.1.
 */
public final class Transfers {
    private static final int OUT = 'o';
    private static final int IN = 'i';
    private static final int CHUNK_BYTES = 1 << 18;

    private final InetAddress host;
    private final int port;

    private Transfers(InetAddress host, int port) {
        this.host = host;
        this.port = port;
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 2 && args[0].equals("serve")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 4 && args[0].equals("measure")) {
            Transfers transfers = new Transfers(InetAddress.getByName(args[1]), Integer.parseInt(args[2]));
            long lengthNs = TimeUnit.SECONDS.toNanos(Long.parseLong(args[3]));
            transfers.measure(lengthNs / 2);
            System.out.println(transfers.measure(lengthNs));
        } else if (args.length == 3 && args[0].equals("beside")) {
            beside(args[1], args[2]);
        } else {
            System.err.println("usage: Transfers serve PORT | Transfers measure HOST PORT SECONDS"
                    + " | Transfers beside PORT SECONDS");
            System.exit(2);
        }
    }

    private static void beside(String port, String seconds) throws IOException {
        Process peer = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Transfers.class.getName(),
                        "serve",
                        port)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            // It says that it listens.
            if (peer.getInputStream().read() < 0) {
                throw new IOException("the peer did not start");
            }
            main(new String[] {"measure", "127.0.0.1", port, seconds});
        } finally {
            peer.destroy();
        }
    }

    private static void serve(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port)) {
            System.out.println("listening");
            while (true) {
                Socket socket = server.accept();
                new Thread(() -> answer(socket)).start();
            }
        }
    }

    private static void answer(Socket accepted) {
        try (Socket socket = accepted) {
            InputStream in = socket.getInputStream();
            int way = in.read();
            byte[] chunk = new byte[way < 0 ? 0 : CHUNK_BYTES];
            if (way == IN) {
                OutputStream out = socket.getOutputStream();
                while (true) {
                    out.write(chunk);
                }
            }
            int count = 0;
            while (way == OUT && count >= 0) {
                count = in.read(chunk);
            }
        } catch (IOException expected) {
            // The one that measures ends what it began with a reset.
        }
    }

    private String measure(long lengthNs) throws IOException {
        double out = transfer(OUT, lengthNs);
        double in = transfer(IN, lengthNs);
        return String.format(Locale.ROOT, "%.1f %.1f %.1f", out, in, connect(lengthNs));
    }

    /** Gives megabytes a second. */
    private double transfer(int way, long lengthNs) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (Socket socket = new Socket(host, port)) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(way);
            long bytes = 0;
            long began = System.nanoTime();
            long spent;
            do {
                if (way == OUT) {
                    socket.getOutputStream().write(chunk);
                    bytes += chunk.length;
                } else {
                    bytes += Math.max(0, socket.getInputStream().read(chunk));
                }
                spent = System.nanoTime() - began;
            } while (spent < lengthNs);
            return bytes * 1e3 / spent;
        }
    }

    /** Gives connections a second; each is reset, so that none is left waiting. */
    private double connect(long lengthNs) throws IOException {
        long count = 0;
        long began = System.nanoTime();
        long spent;
        do {
            try (Socket socket = new Socket(host, port)) {
                socket.setSoLinger(true, 0);
            }
            count++;
            spent = System.nanoTime() - began;
        } while (spent < lengthNs);
        return count * 1e9 / spent;
    }
}
