package dev.atoll.examples.libraries.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * A ZooKeeper server, and a client that has two sessions with it: nodes made one by one and many in flight, watches that the
 * other session's changes trigger, and an ephemeral node that is gone with its session.
 *
 * <p>Usage: {@code ZooKeeperTour server DIRECTORY PORT} serves until it is killed; {@code ZooKeeperTour client HOST PORT}.
 */
public final class ZooKeeperTour {
    private static final int SESSION_TIMEOUT_MS = 30_000;
    private static final long LIMIT_SECONDS = 60;
    private static final int MAX_CONNECTIONS = 60;
    private static final int TICK_MS = 2_000;
    private static final int NODES = 2_000;
    private static final int CHANGES = 100;

    private ZooKeeperTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 3 && args[0].equals("server")) {
            serve(Path.of(args[1]), Integer.parseInt(args[2]));
        } else if (args.length == 3 && args[0].equals("client")) {
            use(args[1] + ":" + args[2]);
        } else {
            throw new IllegalArgumentException("usage: ZooKeeperTour server DIRECTORY PORT | client HOST PORT");
        }
    }

    private static void serve(Path directory, int port) throws Exception {
        ZooKeeperServer server = new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MS);
        ServerCnxnFactory connections = ServerCnxnFactory.createFactory(port, MAX_CONNECTIONS);
        connections.startup(server);
        System.out.println("listening on " + connections.getLocalPort());
        connections.join();
    }

    // Nobody interrupts the closing of a session.
    @SuppressWarnings("try")
    private static void use(String server) throws Exception {
        try (ZooKeeper first = connect(server);
                ZooKeeper second = connect(server)) {
            manyInFlight(first);
            watches(first, second);
            ephemeral(server, second);
        }
    }

    private static ZooKeeper connect(String server) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper session = new ZooKeeper(server, SESSION_TIMEOUT_MS, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        require(connected.await(LIMIT_SECONDS, TimeUnit.SECONDS), "no session with " + server);
        return session;
    }

    private static void manyInFlight(ZooKeeper session) throws Exception {
        session.create("/many", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        BlockingQueue<Integer> codes = new ArrayBlockingQueue<>(NODES);
        AsyncCallback.StringCallback created = (code, path, context, name) -> codes.add(code);
        for (int i = 0; i < NODES; i++) {
            session.create(
                    "/many/" + i,
                    bytes("node " + i),
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT,
                    created,
                    null);
        }
        for (int i = 0; i < NODES; i++) {
            Integer code = codes.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            require(code != null && code == KeeperException.Code.OK.intValue(), "a node was not created: " + code);
        }
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < NODES; i++) {
            expected.add(Integer.toString(i));
            require(
                    Arrays.equals(session.getData("/many/" + i, false, null), bytes("node " + i)),
                    "node " + i + " has other data");
        }
        require(expected.equals(new HashSet<>(session.getChildren("/many", false))), "other nodes than were created");
        System.out.println(NODES + " nodes created in flight together, and read one by one");
    }

    private static void watches(ZooKeeper writer, ZooKeeper watcher) throws Exception {
        writer.create("/watched", bytes("0"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        BlockingQueue<WatchedEvent> events = new ArrayBlockingQueue<>(CHANGES);
        for (int i = 1; i <= CHANGES; i++) {
            watcher.getData("/watched", events::add, null);
            writer.setData("/watched", bytes(Integer.toString(i)), -1);
            WatchedEvent event = events.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            require(
                    event != null && event.getType() == Watcher.Event.EventType.NodeDataChanged,
                    "change " + i + " triggered " + event);
            byte[] data = watcher.getData("/watched", false, null);
            require(Arrays.equals(data, bytes(Integer.toString(i))), "change " + i + " is not seen");
        }
        System.out.println(CHANGES + " changes, each with its watch triggered");
    }

    @SuppressWarnings("try")
    private static void ephemeral(String server, ZooKeeper watcher) throws Exception {
        BlockingQueue<WatchedEvent> events = new ArrayBlockingQueue<>(2);
        try (ZooKeeper session = connect(server)) {
            session.create("/ephemeral", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            require(watcher.exists("/ephemeral", events::add) != null, "the ephemeral node is not seen");
        }
        WatchedEvent event = events.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        require(
                event != null && event.getType() == Watcher.Event.EventType.NodeDeleted,
                "the end of its session triggered " + event);
        System.out.println("an ephemeral node went with its session");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
