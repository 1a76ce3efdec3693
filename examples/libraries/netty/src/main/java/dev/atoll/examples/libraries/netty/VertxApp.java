package dev.atoll.examples.libraries.netty;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A web server of Vert.x that answers {@code GET /} with a greeting and {@code POST /echo} with the body it got, as it
 * comes, over HTTP/1.1 and HTTP/2; or a client that fetches a URL several times at once and prints the SHA-256 of each
 * body, one per line.
 *
 * <p>Usage: {@code VertxApp server PORT} serves until it is killed; {@code VertxApp client URL TIMES}.
 */
// A response that fails ends its connection, and that is seen.
@SuppressWarnings("FutureReturnValueIgnored")
public final class VertxApp {
    private static final int LIMIT_SECONDS = 60;

    private VertxApp() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 3 && args[0].equals("client")) {
            fetch(args[1], Integer.parseInt(args[2]));
        } else {
            throw new IllegalArgumentException("usage: VertxApp server PORT | client URL TIMES");
        }
    }

    private static void serve(int port) throws Exception {
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.get("/").handler(context -> context.end("hello from the island\n"));
        router.post("/echo").handler(context -> {
            context.response().setChunked(true);
            context.request().pipeTo(context.response());
        });
        HttpServer server =
                await(vertx.createHttpServer().requestHandler(router).listen(port));
        System.out.println("listening on " + server.actualPort());
    }

    private static void fetch(String url, int times) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            WebClient client = WebClient.create(vertx);
            List<Future<HttpResponse<Buffer>>> responses = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                responses.add(client.getAbs(url).send());
            }
            for (Future<HttpResponse<Buffer>> each : responses) {
                HttpResponse<Buffer> response = await(each);
                if (response.statusCode() != 200) {
                    throw new IllegalStateException("HTTP status " + response.statusCode());
                }
                byte[] hash = MessageDigest.getInstance("SHA-256")
                        .digest(response.body().getBytes());
                System.out.println(HexFormat.of().formatHex(hash));
            }
        } finally {
            await(vertx.close());
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
