package dev.atoll.examples.libraries.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/**
 * An application of Spring Boot's: a web server that answers {@code GET /} with a greeting and {@code POST /echo} with the
 * body it got; or one without a server that fetches a URL by {@link RestClient} several times and prints the SHA-256 of
 * each body, one per line.
 *
 * <p>Usage: {@code SpringApp server PORT} serves until it is killed; {@code SpringApp client URL TIMES}.
 */
@SpringBootApplication
public class SpringApp {
    public static void main(String[] args) {
        if (args.length == 2 && args[0].equals("server")) {
            serve(args[1]);
        } else if (args.length == 3 && args[0].equals("client")) {
            fetch(args[1], Integer.parseInt(args[2]));
        } else {
            throw new IllegalArgumentException("usage: SpringApp server PORT | client URL TIMES");
        }
    }

    private static void serve(String port) {
        ConfigurableApplicationContext context =
                new SpringApplicationBuilder(SpringApp.class).run("--server.port=" + port);
        System.out.println("listening on " + context.getEnvironment().getProperty("local.server.port"));
    }

    private static void fetch(String url, int times) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(SpringApp.class)
                .web(WebApplicationType.NONE)
                .run()) {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            for (int i = 0; i < times; i++) {
                String hash = client.get().uri(url).exchange((request, response) -> {
                    if (!response.getStatusCode().is2xxSuccessful()) {
                        throw new IllegalStateException("HTTP status " + response.getStatusCode());
                    }
                    return sha256(response.getBody());
                });
                System.out.println(hash);
            }
        }
    }

    private static String sha256(InputStream body) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(body, digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** What the server answers. */
    @RestController
    static class GreetingAndEcho {
        @GetMapping("/")
        String greeting() {
            return "hello from the island\n";
        }

        @PostMapping("/echo")
        byte[] echo(@RequestBody byte[] body) {
            return body;
        }
    }
}
