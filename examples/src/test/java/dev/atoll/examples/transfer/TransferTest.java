package dev.atoll.examples.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The mover itself, over the JDK's own sockets: it says what arrives, and does not say so of what does not. */
class TransferTest {
    private static final int BYTES = 3_000_001;

    @Test
    void stream_takenInPieces_isTheSame() {
        byte[] whole = new byte[1000];
        new SeededStream(5).fill(whole, whole.length);
        SeededStream pieces = new SeededStream(5);
        int at = 0;
        for (int length = 1; at + length <= whole.length; at += length, length = 1 + length * 7 % 23) {
            byte[] piece = new byte[length];
            pieces.fill(piece, length);
            assertArrayEquals(Arrays.copyOfRange(whole, at, at + length), piece, "at " + at);
        }
    }

    @Test
    void together_bothEnds_nameTheSameHashes() throws Exception {
        assertHashesAgree("together");
    }

    @Test
    void turns_bothEnds_nameTheSameHashes() throws Exception {
        assertHashesAgree("turns");
    }

    private static void assertHashesAgree(String mode) throws Exception {
        int port = freePort();
        Process server = transfer("server", port, mode, BYTES);
        try {
            Process client = transfer("client", port, mode, BYTES);
            List<String> atClient = lines(client);
            List<String> atServer = lines(server);
            assertEquals(hash(atClient, "sent"), hash(atServer, "received"));
            assertEquals(hash(atServer, "sent"), hash(atClient, "received"));
            assertFalse(hash(atClient, "sent").equals(hash(atServer, "sent")), "one stream for both directions");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void peer_sendsOneWrongByte_isToldWhere() throws Exception {
        int wrong = 100_000;
        byte[] bytes = new byte[BYTES];
        new SeededStream(~1L).fill(bytes, bytes.length);
        bytes[wrong]++;
        assertTrue(outputAgainst(bytes).contains("byte " + wrong + " is not what was sent"));
    }

    @Test
    void peer_sendsTooLittle_isTold() throws Exception {
        byte[] bytes = new byte[BYTES - 1];
        new SeededStream(~1L).fill(bytes, bytes.length);
        assertTrue(outputAgainst(bytes).contains("ended after " + (BYTES - 1) + " bytes"));
    }

    /** What a client says whose server answers with these bytes; it has to fail. */
    private static String outputAgainst(byte[] answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            Process client = transfer("client", server.getLocalPort(), "turns", BYTES);
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                in.transferTo(java.io.OutputStream.nullOutputStream());
                socket.getOutputStream().write(answer);
                socket.shutdownOutput();
                String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(client.waitFor() != 0, output);
                return output;
            } catch (IOException e) {
                // The client resets the connection as soon as it has seen the wrong byte.
                return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static Process transfer(String role, int port, String mode, int bytes) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Transfer.class.getName(),
                role));
        if (role.equals("client")) {
            command.add("127.0.0.1");
        }
        command.addAll(List.of(Integer.toString(port), mode, Integer.toString(bytes), "1"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        if (role.equals("server")) {
            // One byte at a time, so that nothing of the later output is taken away.
            StringBuilder line = new StringBuilder();
            for (int next = process.getInputStream().read(); next >= 0 && next != '\n'; ) {
                line.append((char) next);
                next = process.getInputStream().read();
            }
            assertEquals("listening on " + port, line.toString());
        }
        return process;
    }

    private static List<String> lines(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        assertEquals(0, process.exitValue(), output);
        return output.lines().toList();
    }

    private static String hash(List<String> lines, String what) {
        return lines.stream()
                .filter(line -> line.startsWith(what + " " + BYTES + " "))
                .map(line -> line.split(" ", -1)[2])
                .findFirst()
                .orElseThrow(() -> new AssertionError(what + " not in " + lines));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
