package dev.atoll.examples.libraries;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/**
 * An SSH server of Apache MINA SSHD, on asynchronous channels: whatever the command, it gives its input back; it forwards
 * ports for whoever asks. And a client that has several commands run in one session.
 *
 * <p>Usage: {@code SshTour server PORT} serves until it is killed; {@code SshTour client HOST PORT}.
 */
public final class SshTour {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "archipelago";
    private static final int COMMANDS = 4;
    private static final int INPUT_BYTES = 4 << 20;

    private SshTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 3 && args[0].equals("client")) {
            runCommands(args[1], Integer.parseInt(args[2]));
        } else {
            throw new IllegalArgumentException("usage: SshTour server PORT | client HOST PORT");
        }
    }

    private static void serve(int port) throws Exception {
        SshServer server = SshServer.setUpDefaultServer();
        server.setPort(port);
        server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
        server.setPasswordAuthenticator((user, password, session) -> password.equals(PASSWORD));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setCommandFactory((channel, command) -> new Cat(command));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        server.start();
        System.out.println("listening on " + server.getPort());
        Thread.currentThread().join();
    }

    private static final class Cat extends AbstractCommandSupport {
        Cat(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                getInputStream().transferTo(getOutputStream());
                getOutputStream().flush();
                onExit(0);
            } catch (IOException e) {
                onExit(1, e.toString());
            }
        }
    }

    private static void runCommands(String host, int port) throws IOException {
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.start();
            try (ClientSession session =
                    client.connect("islander", host, port).verify(LIMIT).getSession()) {
                session.addPasswordIdentity(PASSWORD);
                session.auth().verify(LIMIT);
                List<byte[]> inputs = new ArrayList<>();
                List<ByteArrayOutputStream> outputs = new ArrayList<>();
                List<ClientChannel> channels = new ArrayList<>();
                for (int i = 0; i < COMMANDS; i++) {
                    byte[] input = new byte[INPUT_BYTES];
                    new Random(i).nextBytes(input);
                    ByteArrayOutputStream output = new ByteArrayOutputStream();
                    ClientChannel channel = session.createExecChannel("cat");
                    channel.setIn(new ByteArrayInputStream(input));
                    channel.setOut(output);
                    channel.open().verify(LIMIT);
                    inputs.add(input);
                    outputs.add(output);
                    channels.add(channel);
                }
                for (int i = 0; i < COMMANDS; i++) {
                    ClientChannel channel = channels.get(i);
                    require(
                            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT)
                                    .contains(ClientChannelEvent.CLOSED),
                            "command " + i + " did not end");
                    require(Integer.valueOf(0).equals(channel.getExitStatus()), "command " + i + " failed");
                    require(
                            Arrays.equals(inputs.get(i), outputs.get(i).toByteArray()),
                            "command " + i + " gave other bytes back");
                }
            }
        }
        System.out.println(COMMANDS + " commands at once, each with " + INPUT_BYTES + " bytes there and back");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
