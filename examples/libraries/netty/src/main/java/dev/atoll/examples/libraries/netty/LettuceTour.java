package dev.atoll.examples.libraries.netty;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Uses a Redis server by Lettuce: commands one after the other, thousands in flight, a large value, and a channel that
 * one connection subscribes to and another publishes on.
 *
 * <p>Usage: {@code LettuceTour HOST PORT}.
 */
public final class LettuceTour {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int COMMANDS = 10_000;
    private static final int LARGE_CHARS = 8 << 20;
    private static final int MESSAGES = 100;

    private LettuceTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: LettuceTour HOST PORT");
        }
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost(args[0])
                .withPort(Integer.parseInt(args[1]))
                .withTimeout(LIMIT)
                .build());
        try (StatefulRedisConnection<String, String> connection = client.connect();
                StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub()) {
            oneByOne(connection.sync());
            inFlight(connection.async());
            subscribe(subscriber, connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, LIMIT);
        }
    }

    private static void oneByOne(RedisCommands<String, String> redis) {
        redis.flushall();
        for (int i = 1; i <= MESSAGES; i++) {
            require(redis.incr("count") == i, "the counter was not incremented by one");
        }
        String large = "island ".repeat(LARGE_CHARS / "island ".length());
        redis.set("large", large);
        require(large.equals(redis.get("large")), "the large value is not the one that was set");
        System.out.println(MESSAGES + " commands one by one, and a value of " + large.length() + " bytes");
    }

    private static void inFlight(RedisAsyncCommands<String, String> redis) throws Exception {
        List<RedisFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            answers.add(redis.set("key " + i, "value " + i));
        }
        List<RedisFuture<String>> values = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            RedisFuture<String> value = redis.get("key " + i);
            values.add(value);
            answers.add(value);
        }
        require(
                LettuceFutures.awaitAll(LIMIT, answers.toArray(new RedisFuture<?>[0])),
                "not every command was answered");
        for (int i = 0; i < COMMANDS; i++) {
            require(("value " + i).equals(values.get(i).get()), "value " + i + " is another one");
        }
        System.out.println(answers.size() + " commands in flight together");
    }

    private static void subscribe(
            StatefulRedisPubSubConnection<String, String> subscriber, RedisCommands<String, String> redis)
            throws InterruptedException {
        BlockingQueue<String> received = new ArrayBlockingQueue<>(MESSAGES);
        subscriber.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                received.add(message);
            }
        });
        subscriber.sync().subscribe("news");
        for (int i = 0; i < MESSAGES; i++) {
            redis.publish("news", "message " + i);
        }
        for (int i = 0; i < MESSAGES; i++) {
            String message = received.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            require(("message " + i).equals(message), "instead of message " + i + " came " + message);
        }
        System.out.println(MESSAGES + " messages published and received");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
