package dev.atoll.launcher.jar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * A program that talks with native programs on its own localhost, which it starts: scripts of {@code bash} and {@code perl}, which every
 * Debian has. One line for each way.
 */
public final class Neighbour {
    private static final int LIMIT_MS = 20_000;

    /** Answers one connection with what it got, in capitals; prints its port first. */
    private static final String SERVER = "use IO::Socket::INET; $| = 1;"
            + " $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die $@; print $l->sockport, qq(\\n);"
            + " $c = $l->accept or die; $line = <$c>; print $c uc $line; close $c;";

    /** The same for a datagram. */
    private static final String DATAGRAM_SERVER = "use IO::Socket::INET; $| = 1;"
            + " $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die $@; print $s->sockport, qq(\\n);"
            + " $from = $s->recv($d, 100); $s->send(uc $d, 0, $from);";

    /** Sends a datagram to a port and prints the answer. */
    private static final String DATAGRAM_CLIENT = "use IO::Socket::INET;"
            + " $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1', PeerPort => $ARGV[0]) or die $@;"
            + " $s->send('hello'); $s->recv($d, 100); print $d, qq(\\n);";

    private Neighbour() {}

    /** Tries the addresses of the arguments. */
    public static void main(String[] addresses) throws Exception {
        for (String address : addresses) {
            say("native to " + address, () -> called(address));
        }
        say("to native", Neighbour::calls);
        say("datagram to native", Neighbour::asks);
        say("datagram from native", Neighbour::isAsked);
        say("port of a native program", Neighbour::taken);
    }

    private interface Attempt {
        String run() throws Exception;
    }

    private static void say(String what, Attempt attempt) {
        String result;
        try {
            result = attempt.run();
        } catch (Exception e) {
            result = e.toString();
        }
        System.out.println(what + "=" + result);
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader outputOf(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** bash connects to this program, says a line and prints the answer. */
    private static String called(String address) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            server.setSoTimeout(LIMIT_MS);
            Process client = start(
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + address + "/" + server.getLocalPort()
                            + " && echo hello >&3 && head -n 1 <&3");
            // One that is turned away ends, one that is not waits for the answer.
            CompletableFuture<Void> unused = client.onExit().thenRun(() -> close(server));
            Socket accepted;
            try {
                accepted = server.accept();
            } catch (SocketException e) {
                if (client.isAlive()) {
                    throw e;
                }
                return "turned away, exit " + client.exitValue();
            }
            try (Socket connection = accepted) {
                connection.setSoTimeout(LIMIT_MS);
                String line = new BufferedReader(
                                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                connection.getOutputStream().write((line + " yourself\n").getBytes(StandardCharsets.UTF_8));
                connection.shutdownOutput();
                return outputOf(client).readLine() + ", exit " + client.waitFor();
            }
        }
    }

    private static void close(ServerSocket server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String calls() throws Exception {
        Process server = start("perl", "-e", SERVER);
        int port = Integer.parseInt(outputOf(server).readLine());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), port), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.strip() + ", exit " + server.waitFor();
        } finally {
            server.destroy();
        }
    }

    private static String asks() throws Exception {
        Process server = start("perl", "-e", DATAGRAM_SERVER);
        int port = Integer.parseInt(outputOf(server).readLine());
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(LIMIT_MS);
            byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(hello, hello.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return text(answer) + ", exit " + server.waitFor();
        } finally {
            server.destroy();
        }
    }

    private static String isAsked() throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(LIMIT_MS);
            Process client = start("perl", "-e", DATAGRAM_CLIENT, Integer.toString(socket.getLocalPort()));
            DatagramPacket question = new DatagramPacket(new byte[100], 100);
            socket.receive(question);
            byte[] answer = (text(question) + " yourself").getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            return outputOf(client).readLine() + ", exit " + client.waitFor();
        }
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), packet.getOffset(), packet.getLength(), StandardCharsets.UTF_8);
    }

    private static String taken() throws Exception {
        Process server = start("perl", "-e", SERVER);
        try {
            int port = Integer.parseInt(outputOf(server).readLine());
            new ServerSocket(port).close();
            return "bound";
        } finally {
            server.destroy();
        }
    }
}
