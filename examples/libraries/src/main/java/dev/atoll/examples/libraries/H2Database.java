package dev.atoll.examples.libraries;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import org.h2.tools.Server;

/**
 * An H2 database server in memory, and its client.
 *
 * <p>Usage: {@code H2Database server PORT} serves until it is killed; {@code H2Database client HOST PORT} writes rows and
 * reads them back over the server's protocol.
 */
public final class H2Database {
    private static final int ROWS = 1_000;

    private H2Database() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(args[1]);
        } else if (args.length == 3 && args[0].equals("client")) {
            query("jdbc:h2:tcp://" + args[1] + ":" + args[2] + "/mem:tour");
        } else {
            throw new IllegalArgumentException("usage: H2Database server PORT | client HOST PORT");
        }
    }

    private static void serve(String port) throws Exception {
        // The client is on another machine as far as this one can see, and makes its database itself.
        Server server = Server.createTcpServer("-tcpPort", port, "-tcpAllowOthers", "-ifNotExists");
        server.start();
        System.out.println("listening on " + server.getPort());
    }

    private static void query(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR)");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
                for (int id = 0; id < ROWS; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "item " + id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            int seen = 0;
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT name FROM item ORDER BY id")) {
                while (rows.next()) {
                    if (!rows.getString(1).equals("item " + seen)) {
                        throw new IllegalStateException("wrong row " + seen);
                    }
                    seen++;
                }
            }
            if (seen != ROWS) {
                throw new IllegalStateException("the query returned " + seen + " rows");
            }
            System.out.println(seen + " rows written and read");
        }
    }
}
