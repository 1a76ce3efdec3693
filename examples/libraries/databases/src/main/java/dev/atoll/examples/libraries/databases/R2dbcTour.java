package dev.atoll.examples.libraries.databases;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import io.r2dbc.postgresql.api.PostgresqlStatement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Uses a PostgreSQL server by R2DBC: rows that are inserted in a transaction and read back as they are asked for, a large
 * value, and notifications from one connection to another.
 *
 * <p>Usage: {@code R2dbcTour HOST PORT USER}.
 */
public final class R2dbcTour {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROWS = 10_000;
    private static final int LARGE_CHARS = 8 << 20;
    private static final int NOTIFICATIONS = 100;

    private R2dbcTour() {}

    public static void main(String[] args) {
        if (args.length != 3) {
            throw new IllegalArgumentException("usage: R2dbcTour HOST PORT USER");
        }
        PostgresqlConnectionFactory factory =
                new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                        .host(args[0])
                        .port(Integer.parseInt(args[1]))
                        .username(args[2])
                        .database("postgres")
                        .connectTimeout(LIMIT)
                        .build());
        PostgresqlConnection connection = await(factory.create());
        PostgresqlConnection listener = await(factory.create());
        rows(connection);
        largeValue(connection);
        notifications(connection, listener);
        listener.close().block(LIMIT);
        connection.close().block(LIMIT);
    }

    private static void rows(PostgresqlConnection connection) {
        execute(connection, "CREATE TEMPORARY TABLE islands (id INT PRIMARY KEY, name TEXT)");
        connection.beginTransaction().block(LIMIT);
        PostgresqlStatement insert = connection.createStatement("INSERT INTO islands VALUES ($1, $2)");
        for (int i = 0; i < ROWS; i++) {
            insert.bind("$1", i).bind("$2", "island " + i);
            if (i < ROWS - 1) {
                insert.add();
            }
        }
        long inserted = await(
                insert.execute().concatMap(PostgresqlResult::getRowsUpdated).reduce(0L, Long::sum));
        connection.commitTransaction().block(LIMIT);
        require(inserted == ROWS, inserted + " rows were inserted");
        // Fetched in portions: the server sends no more than was asked for.
        List<String> names = await(connection
                .createStatement("SELECT name FROM islands ORDER BY id")
                .fetchSize(100)
                .execute()
                .concatMap(result -> result.map(row -> Objects.requireNonNull(row.get(0, String.class))))
                .limitRate(50)
                .collectList());
        require(names.size() == ROWS, names.size() + " rows were read");
        for (int i = 0; i < ROWS; i++) {
            require(names.get(i).equals("island " + i), "row " + i + " is " + names.get(i));
        }
        System.out.println(ROWS + " rows inserted and read");
    }

    private static void largeValue(PostgresqlConnection connection) {
        String large = "island ".repeat(LARGE_CHARS / "island ".length());
        String back = await(connection
                .createStatement("SELECT $1::text")
                .bind("$1", large)
                .execute()
                .concatMap(result -> result.map(row -> Objects.requireNonNull(row.get(0, String.class))))
                .single());
        require(large.equals(back), "the large value came back as another one");
        System.out.println("a value of " + large.length() + " bytes");
    }

    private static void notifications(PostgresqlConnection connection, PostgresqlConnection listener) {
        execute(listener, "LISTEN news");
        Flux<Notification> news =
                listener.getNotifications().take(NOTIFICATIONS).replay().autoConnect(0);
        for (int i = 0; i < NOTIFICATIONS; i++) {
            execute(connection, "NOTIFY news, 'message " + i + "'");
        }
        List<String> messages = await(news.map(notification -> Objects.requireNonNull(notification.getParameter()))
                .collectList());
        for (int i = 0; i < NOTIFICATIONS; i++) {
            require(messages.get(i).equals("message " + i), "instead of message " + i + " came " + messages.get(i));
        }
        System.out.println(NOTIFICATIONS + " notifications sent and received");
    }

    private static void execute(PostgresqlConnection connection, String sql) {
        connection
                .createStatement(sql)
                .execute()
                .concatMap(PostgresqlResult::getRowsUpdated)
                .then()
                .block(LIMIT);
    }

    private static <T> T await(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(LIMIT), "no value");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
