package dev.atoll.launcher.demo.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks the web server at the router for two pages and says what came of it: an ordinary program over the JDK's own HTTP
 * client. It is unpacked as one class file, so it has no nested classes.
 */
public final class WebClient {
    private static final int LIMIT_MS = 10_000;

    private WebClient() {}

    /**
     * Exits with 0 if the first port answered and the second was refused for the expected reason.
     *
     * @param arguments the port that is to answer, the one that is not, and what the exception is to contain
     */
    public static void main(String[] arguments) throws IOException {
        String server = router();
        boolean answered = get(server, arguments[0]).startsWith("200");
        boolean refused = get(server, arguments[1]).contains(arguments[2]);
        System.exit(answered && refused ? 0 : 1);
    }

    /** Answer or exception, which are printed too. */
    private static String get(String server, String port) throws IOException {
        String url = "http://" + server + ":" + port + "/";
        System.out.println("  program: GET " + url);
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(LIMIT_MS);
        connection.setReadTimeout(LIMIT_MS);
        String result;
        try (InputStream body = connection.getInputStream()) {
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
            result = connection.getResponseCode() + " \"" + text + "\"";
        } catch (IOException e) {
            result = e.toString();
        }
        System.out.println("  program: " + result);
        return result;
    }

    /** The sandbox's name server is its router. */
    private static String router() throws IOException {
        for (String line : Files.readAllLines(Path.of("/etc/resolv.conf"))) {
            if (line.startsWith("nameserver ")) {
                return line.substring("nameserver ".length()).strip();
            }
        }
        throw new IOException("/etc/resolv.conf names no server");
    }
}
