package dev.atoll.examples.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches a URL several times with one of the JDK's two HTTP clients and prints the SHA-256 of each body, one per line.
 *
 * <p>Usage: {@code HttpFetch http-client|url-connection URL TIMES}. The requests of {@code http-client} are in flight
 * together; those of {@code url-connection} follow each other on one kept-alive connection.
 */
public final class HttpFetch {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private HttpFetch() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            throw new IllegalArgumentException("usage: HttpFetch http-client|url-connection URL TIMES");
        }
        URI uri = URI.create(args[1]);
        int times = Integer.parseInt(args[2]);
        List<String> hashes =
                switch (args[0]) {
                    case "http-client" -> withHttpClient(uri, times);
                    case "url-connection" -> withUrlConnection(uri, times);
                    default -> throw new IllegalArgumentException("unknown client " + args[0]);
                };
        hashes.forEach(System.out::println);
    }

    private static List<String> withHttpClient(URI uri, int times) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build();
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
        List<CompletableFuture<HttpResponse<InputStream>>> responses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            responses.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
        }
        return responses.stream()
                .map(CompletableFuture::join)
                .map(response -> {
                    requireOk(response.statusCode());
                    try (InputStream body = response.body()) {
                        return sha256(body);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static List<String> withUrlConnection(URI uri, int times) throws IOException {
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout((int) LIMIT.toMillis());
            connection.setReadTimeout((int) LIMIT.toMillis());
            requireOk(connection.getResponseCode());
            try (InputStream body = connection.getInputStream()) {
                hashes.add(sha256(body));
            }
        }
        return hashes;
    }

    private static void requireOk(int status) {
        if (status != 200) {
            throw new IllegalStateException("HTTP status " + status);
        }
    }

    private static String sha256(InputStream in) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
