package dev.atoll.examples.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Runs queries and a COPY in and out on a PostgreSQL server and checks what comes back.
 *
 * <p>Usage: {@code PostgresTour HOST PORT USER COPY_MIB}.
 */
public final class PostgresTour {
    private static final int ROWS = 1_000;

    private PostgresTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("usage: PostgresTour HOST PORT USER COPY_MIB");
        }
        String url = "jdbc:postgresql://" + args[0] + ":" + args[1] + "/postgres?sslmode=disable";
        long copyBytes = Long.parseLong(args[3]) << 20;
        try (Connection connection = DriverManager.getConnection(url, args[2], "")) {
            queries(connection);
            copy(connection, copyBytes);
        }
    }

    /** A transaction of batched inserts, read back by a cursor that fetches 50 rows at a time. */
    private static void queries(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE item (id int PRIMARY KEY, name text)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
            for (int id = 0; id < ROWS; id++) {
                insert.setInt(1, id);
                insert.setString(2, "item " + id);
                insert.addBatch();
            }
            require(Arrays.stream(insert.executeBatch()).sum() == ROWS, "the batch did not insert every row");
        }
        connection.commit();
        int seen = 0;
        try (PreparedStatement select = connection.prepareStatement("SELECT id, name FROM item ORDER BY id")) {
            select.setFetchSize(50);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    require(rows.getInt(1) == seen && rows.getString(2).equals("item " + seen), "wrong row " + seen);
                    seen++;
                }
            }
        }
        require(seen == ROWS, "the query returned " + seen + " rows");
        connection.commit();
        connection.setAutoCommit(true);
        System.out.println("queries: " + seen + " rows written and read");
    }

    private static void copy(Connection connection, long bytes) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE bulk (id bigint, payload text)");
        }
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        MessageDigest received = MessageDigest.getInstance("SHA-256");
        long rows = copy.copyIn("COPY bulk FROM STDIN", new Rows(bytes, sent), 64 * 1024);
        // A heap without updates or deletes is scanned in the order it was filled.
        long rowsBack = copy.copyOut("COPY bulk TO STDOUT", new Hashing(received));
        String hash = HexFormat.of().formatHex(sent.digest());
        require(rows == rowsBack, rows + " rows in, " + rowsBack + " out");
        require(hash.equals(HexFormat.of().formatHex(received.digest())), "COPY out differs from COPY in");
        System.out.println("copy: " + rows + " rows, " + bytes + " bytes or a row more, SHA-256 " + hash);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Rows in COPY's text form, seeded, until at least that many bytes; hashed as they are handed out. */
    private static final class Rows extends InputStream {
        private final SplittableRandom random = new SplittableRandom(7);
        private final byte[] payload = new byte[512];
        private final MessageDigest digest;
        private long bytesLeft;
        private long id;
        private byte[] row = new byte[0];
        private int next;

        Rows(long bytes, MessageDigest digest) {
            this.bytesLeft = bytes;
            this.digest = digest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (next == row.length && !nextRow()) {
                return -1;
            }
            int n = Math.min(length, row.length - next);
            System.arraycopy(row, next, buffer, offset, n);
            digest.update(row, next, n);
            next += n;
            return n;
        }

        private boolean nextRow() {
            if (bytesLeft <= 0) {
                return false;
            }
            for (int i = 0; i < payload.length; i++) {
                payload[i] = (byte) ('a' + random.nextInt(26));
            }
            row = (id++ + "\t" + new String(payload, StandardCharsets.US_ASCII) + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
            bytesLeft -= row.length;
            next = 0;
            return true;
        }
    }

    private static final class Hashing extends OutputStream {
        private final MessageDigest digest;

        Hashing(MessageDigest digest) {
            this.digest = digest;
        }

        @Override
        public void write(int b) {
            digest.update((byte) b);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            digest.update(buffer, offset, length);
        }
    }
}
