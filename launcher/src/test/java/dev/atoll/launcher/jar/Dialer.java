package dev.atoll.launcher.jar;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A library that connects for a program, to be put into jars of several names. */
public final class Dialer {
    private static final String ENTRY = Dialer.class.getName().replace('.', '/') + ".class";

    private Dialer() {}

    /** Puts it into a jar that Maven calls so. */
    static Path jar(Path directory, String group, String artifact, String version) throws IOException {
        Path jar = directory.resolve(artifact + "-" + version + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry(ENTRY));
            zip.write(Files.readAllBytes(Atoll.CLASSES.resolve(ENTRY)));
            zip.putNextEntry(new ZipEntry("META-INF/maven/" + group + "/" + artifact + "/pom.properties"));
            String pom = "groupId=" + group + "\nartifactId=" + artifact + "\nversion=" + version + "\n";
            zip.write(pom.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

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
