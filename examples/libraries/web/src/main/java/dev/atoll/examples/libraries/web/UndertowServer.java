package dev.atoll.examples.libraries.web;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.PathHandler;
import java.net.InetSocketAddress;

/**
 * An Undertow server: {@code GET /} answers a greeting, from an I/O thread, {@code POST /echo} the body it got, as it
 * comes, from a worker that blocks.
 *
 * <p>Usage: {@code UndertowServer PORT}. Serves until it is killed.
 */
public final class UndertowServer {
    private static final long MAX_BODY_BYTES = 64 << 20;

    private UndertowServer() {}

    public static void main(String[] args) {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: UndertowServer PORT");
        }
        PathHandler paths = new PathHandler()
                .addExactPath("/", exchange -> exchange.getResponseSender().send("hello from the island\n"))
                .addExactPath("/echo", new BlockingHandler(exchange -> exchange.getInputStream()
                        .transferTo(exchange.getOutputStream())));
        Undertow server = Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "0.0.0.0")
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, MAX_BODY_BYTES)
                .setHandler(paths)
                .build();
        server.start();
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        System.out.println("listening on " + address.getPort());
    }
}
