package dev.atoll.examples.libraries.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a URL several times with OkHttp or with one of Apache's two HTTP clients, and prints the SHA-256 of each body,
 * one per line; with OkHttp also each address that it connected to, in lines that begin with {@code connected}.
 *
 * <p>Usage: {@code ClientFetch okhttp|httpclient5|httpclient5-async URL TIMES}. The requests of {@code okhttp} are in flight
 * together; those of the others follow each other on one kept-alive connection.
 */
public final class ClientFetch {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ClientFetch() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            throw new IllegalArgumentException("usage: ClientFetch okhttp|httpclient5|httpclient5-async URL TIMES");
        }
        int times = Integer.parseInt(args[2]);
        switch (args[0]) {
            case "okhttp" -> withOkHttp(args[1], times);
            case "httpclient5" -> withHttpClient(args[1], times);
            case "httpclient5-async" -> withAsyncHttpClient(args[1], times);
            default -> throw new IllegalArgumentException("unknown client " + args[0]);
        }
    }

    /** A call that waited for the first address of a name to give up would exceed its limit. */
    private static void withOkHttp(String url, int times) throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .callTimeout(LIMIT)
                .connectTimeout(LIMIT)
                .readTimeout(LIMIT)
                .eventListener(new ConnectionPrinter())
                .build();
        BlockingQueue<Object> ends = new ArrayBlockingQueue<>(times);
        Request request = new Request.Builder().url(url).build();
        for (int i = 0; i < times; i++) {
            client.newCall(request).enqueue(new Callback() {
                @Override
                public void onFailure(Call call, IOException failure) {
                    ends.add(failure);
                }

                @Override
                public void onResponse(Call call, Response response) {
                    try (response) {
                        requireOk(response.code());
                        ends.add(sha256(response.body().byteStream()));
                    } catch (IOException | RuntimeException e) {
                        ends.add(e);
                    }
                }
            });
        }
        for (int i = 0; i < times; i++) {
            Object end = ends.take();
            if (end instanceof Exception failure) {
                throw failure;
            }
            System.out.println(end);
        }
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private static final class ConnectionPrinter extends EventListener {
        @Override
        public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
            System.out.println("connected " + address.getAddress().getHostAddress());
        }
    }

    private static void withHttpClient(String url, int times) throws IOException {
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            for (int i = 0; i < times; i++) {
                String hash = client.execute(new HttpGet(URI.create(url)), response -> {
                    requireOk(response.getCode());
                    return sha256(response.getEntity().getContent());
                });
                System.out.println(hash);
            }
        }
    }

    private static void withAsyncHttpClient(String url, int times) throws Exception {
        SimpleHttpRequest request = SimpleRequestBuilder.get(url).build();
        try (CloseableHttpAsyncClient client = HttpAsyncClients.createDefault()) {
            client.start();
            for (int i = 0; i < times; i++) {
                SimpleHttpResponse response = client.execute(request, null).get();
                requireOk(response.getCode());
                System.out.println(HexFormat.of().formatHex(sha256().digest(response.getBodyBytes())));
            }
        }
    }

    private static void requireOk(int status) {
        if (status != 200) {
            throw new IllegalStateException("HTTP status " + status);
        }
    }

    private static String sha256(InputStream body) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(body, digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
