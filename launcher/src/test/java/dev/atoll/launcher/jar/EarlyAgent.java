package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;

/** An agent that has the JDK make up its mind about the network before {@code main}, or later, and prints what it finds. */
public final class EarlyAgent {
    private EarlyAgent() {}

    /** Called by the JVM; in the sandbox only, as the launcher's JVM reads the same environment. */
    public static void premain(String unused) throws IOException {
        if (!Files.exists(Path.of("/etc/atoll"))) {
            return;
        }
        use("early agent");
    }

    /** Called by the JVM that it is loaded into. */
    public static void agentmain(String unused) throws IOException {
        use("late agent");
    }

    private static void use(String who) throws IOException {
        Selector.open().close();
        String outcome = "connected";
        try {
            new Socket("10.66.0.1", 1).close();
        } catch (IOException e) {
            outcome = e.toString();
        }
        NetworkInterface link = NetworkInterface.getByName("eth0");
        System.out.println(who + ": " + (link == null ? "no eth0" : link.getName()) + ", " + outcome);
    }
}
