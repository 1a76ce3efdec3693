package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A library that connects for a program, to be put into jars of several names. */
public final class Dialer {
    private Dialer() {}

    /** What a server says. */
    public static String dial(InetSocketAddress server, String request, int limitMs) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, limitMs);
            socket.setSoTimeout(limitMs);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
