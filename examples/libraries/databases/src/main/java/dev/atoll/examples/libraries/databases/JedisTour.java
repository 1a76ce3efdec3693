package dev.atoll.examples.libraries.databases;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;

/**
 * Uses a Redis server by Jedis, whose sockets block: commands of several threads over a pool of connections, a pipeline, a
 * large value, and a channel that one connection subscribes to and others publish on.
 *
 * <p>Usage: {@code JedisTour HOST PORT}.
 */
public final class JedisTour {
    private static final int LIMIT_MS = 30_000;
    private static final int THREADS = 8;
    private static final int COMMANDS = 10_000;
    private static final int LARGE_CHARS = 8 << 20;
    private static final int MESSAGES = 100;

    private JedisTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: JedisTour HOST PORT");
        }
        int port = Integer.parseInt(args[1]);
        try (RedisClient redis = RedisClient.create(args[0], port)) {
            redis.flushAll();
            largeValue(redis);
            byThreads(redis);
            pipelined(redis);
            subscribe(args[0], port, redis);
        }
    }

    private static void largeValue(RedisClient redis) {
        String large = "island ".repeat(LARGE_CHARS / "island ".length());
        redis.set("large", large);
        require(large.equals(redis.get("large")), "the large value is not the one that was set");
        System.out.println("a value of " + large.length() + " bytes");
    }

    private static void byThreads(RedisClient redis) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> ends = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            ends.add(threads.submit(() -> {
                for (int i = 0; i < COMMANDS / THREADS; i++) {
                    redis.incr("count");
                }
            }));
        }
        for (Future<?> end : ends) {
            end.get();
        }
        threads.shutdown();
        require(Integer.toString(COMMANDS).equals(redis.get("count")), "the counter is " + redis.get("count"));
        System.out.println(COMMANDS + " commands of " + THREADS + " threads");
    }

    private static void pipelined(RedisClient redis) {
        List<Response<String>> values = new ArrayList<>();
        try (Pipeline pipeline = redis.pipelined()) {
            for (int i = 0; i < COMMANDS; i++) {
                pipeline.set("key " + i, "value " + i);
                values.add(pipeline.get("key " + i));
            }
            pipeline.sync();
        }
        for (int i = 0; i < COMMANDS; i++) {
            require(("value " + i).equals(values.get(i).get()), "value " + i + " is another one");
        }
        System.out.println(2 * COMMANDS + " commands in a pipeline");
    }

    private static void subscribe(String host, int port, RedisClient redis) throws Exception {
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onSubscribe(String channel, int channels) {
                heard.add("subscribed");
            }

            @Override
            public void onMessage(String channel, String message) {
                heard.add(message);
            }
        };
        Thread subscriber = new Thread(() -> {
            try (Jedis jedis = new Jedis(host, port)) {
                jedis.subscribe(listener, "news");
            }
        });
        subscriber.start();
        requireNext("subscribed", heard);
        for (int i = 0; i < MESSAGES; i++) {
            redis.publish("news", "message " + i);
        }
        for (int i = 0; i < MESSAGES; i++) {
            requireNext("message " + i, heard);
        }
        listener.unsubscribe();
        subscriber.join();
        System.out.println(MESSAGES + " messages published and received");
    }

    private static void requireNext(String expected, LinkedBlockingQueue<String> heard) throws InterruptedException {
        String next = heard.poll(LIMIT_MS, TimeUnit.MILLISECONDS);
        require(expected.equals(next), "instead of " + expected + " came " + next);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
