package dev.atoll.examples.goodput;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * One end of a stream of zeros: {@code Stream HOST PORT give|take BYTES}. Prints the goodput of what it received, between
 * the first byte and the last, in megabytes a second.
 */
public final class Stream {
    private static final int BUFFER_BYTES = 1 << 18;

    private Stream() {}

    public static void main(String[] args) throws IOException {
        long length = Long.parseLong(args[3]);
        try (Socket socket = new Socket(args[0], Integer.parseInt(args[1]))) {
            if (args[2].equals("give")) {
                give(socket, length);
            } else {
                take(socket.getInputStream(), length);
            }
        }
    }

    private static void give(Socket socket, long length) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] zeros = new byte[BUFFER_BYTES];
        for (long left = length; left > 0; left -= zeros.length) {
            out.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
        socket.shutdownOutput();
        // Until the other end has taken everything and closed.
        int end = socket.getInputStream().read();
        if (end >= 0) {
            throw new IOException("the other end was to say nothing");
        }
    }

    private static void take(InputStream in, long length) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int first = in.read(buffer);
        long received = first;
        long began = System.nanoTime();
        long ended = began;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            received += count;
            ended = System.nanoTime();
        }
        if (received != length) {
            throw new IOException(received + " bytes arrived of " + length);
        }
        System.out.printf("goodput %.3f%n", (received - first) * 1e3 / (ended - began));
    }
}
