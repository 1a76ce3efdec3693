package dev.atoll.examples.libraries.opensearch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.opensearch.action.admin.cluster.health.ClusterHealthRequest;
import org.opensearch.action.admin.cluster.health.ClusterHealthResponse;
import org.opensearch.action.bulk.BulkRequestBuilder;
import org.opensearch.action.bulk.BulkResponse;
import org.opensearch.client.Client;
import org.opensearch.cluster.health.ClusterHealthStatus;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.env.Environment;
import org.opensearch.index.query.QueryBuilders;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.node.NodeRoleSettings;
import org.opensearch.transport.Netty4Plugin;

/**
 * A cluster of two nodes of OpenSearch, which connect to each other over its transport: the first manages the cluster, the
 * second joins it, makes an index whose only shard has a copy on the other node, fills it and searches both copies.
 *
 * <p>Usage: {@code OpenSearchCluster server DIRECTORY HOST PORT} is the first node and serves until it is killed;
 * {@code OpenSearchCluster client DIRECTORY OWN_HOST HOST PORT} the second.
 */
public final class OpenSearchCluster {
    private static final TimeValue LIMIT = TimeValue.timeValueSeconds(120);
    private static final String INDEX = "islands";
    private static final int DOCUMENTS = 2_000;
    private static final int TEXT_CHARS = 4_000;

    private OpenSearchCluster() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 4 && args[0].equals("server")) {
            int port = Integer.parseInt(args[3]);
            Settings settings = Settings.builder()
                    .put("cluster.initial_cluster_manager_nodes", "first")
                    .build();
            Node node = start("first", Path.of(args[1]), args[2], port, settings);
            awaitNodes(node.client(), 1, ClusterHealthStatus.GREEN);
            System.out.println("listening on " + port);
            Thread.currentThread().join();
        } else if (args.length == 5 && args[0].equals("client")) {
            Settings settings = Settings.builder()
                    .put("discovery.seed_hosts", args[3] + ":" + args[4])
                    .putList(NodeRoleSettings.NODE_ROLES_SETTING.getKey(), "data")
                    .build();
            try (Node node = start("second", Path.of(args[1]), args[2], Integer.parseInt(args[4]) + 1, settings)) {
                use(node.client());
            }
        } else {
            throw new IllegalArgumentException(
                    "usage: OpenSearchCluster server DIRECTORY HOST PORT | client DIRECTORY OWN_HOST HOST PORT");
        }
    }

    /** A node as one is made that is part of another program: without what the scripts of a distribution set up. */
    private static final class EmbeddedNode extends Node {
        EmbeddedNode(Environment environment) {
            super(environment, List.of(Netty4Plugin.class), false);
        }
    }

    private static Node start(String name, Path home, String host, int port, Settings more) throws Exception {
        Settings settings = Settings.builder()
                .put("cluster.name", "archipelago")
                .put("node.name", name)
                .put("path.home", home)
                .put("network.bind_host", "0.0.0.0")
                .put("network.publish_host", host)
                .put("transport.port", port)
                .put("transport.type", Netty4Plugin.NETTY_TRANSPORT_NAME)
                .put("http.type", Netty4Plugin.NETTY_HTTP_TRANSPORT_NAME)
                // It is thrown away at the end, however full the disk is.
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .put(more)
                .build();
        Node node = new EmbeddedNode(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> name));
        return node.start();
    }

    private static void awaitNodes(Client client, int nodes, ClusterHealthStatus status) {
        ClusterHealthResponse health = client.admin()
                .cluster()
                .health(new ClusterHealthRequest()
                        .waitForNodes(Integer.toString(nodes))
                        .waitForStatus(status)
                        .timeout(LIMIT))
                .actionGet(LIMIT);
        require(!health.isTimedOut(), "no cluster of " + nodes + " nodes: " + health);
    }

    private static void use(Client client) {
        awaitNodes(client, 2, ClusterHealthStatus.GREEN);
        client.admin()
                .indices()
                .prepareCreate(INDEX)
                .setSettings(Settings.builder().put("number_of_shards", 1).put("number_of_replicas", 1))
                .setMapping("number", "type=integer", "text", "type=keyword,index=false,doc_values=false")
                .get(LIMIT);
        // Green: the copy is on the other node, since it is never with its original.
        awaitNodes(client, 2, ClusterHealthStatus.GREEN);
        BulkRequestBuilder bulk = client.prepareBulk();
        for (int i = 0; i < DOCUMENTS; i++) {
            bulk.add(client.prepareIndex(INDEX)
                    .setId(Integer.toString(i))
                    .setSource(Map.of("number", i, "text", text(i))));
        }
        BulkResponse indexed = bulk.get(LIMIT);
        require(!indexed.hasFailures(), indexed.buildFailureMessage());
        client.admin().indices().prepareRefresh(INDEX).get(LIMIT);
        for (String copy : List.of("_primary", "_replica")) {
            for (int i = 0; i < DOCUMENTS; i += DOCUMENTS / 100) {
                Object found = client.prepareGet(INDEX, Integer.toString(i))
                        .setPreference(copy)
                        .get(LIMIT)
                        .getSourceAsMap()
                        .get("text");
                require(text(i).equals(found), "document " + i + " of " + copy + " is another one");
            }
            long hits = client.prepareSearch(INDEX)
                    .setPreference(copy)
                    .setQuery(QueryBuilders.rangeQuery("number").gte(DOCUMENTS / 2))
                    .setTrackTotalHits(true)
                    .get(LIMIT)
                    .getHits()
                    .getTotalHits()
                    .value;
            require(hits == DOCUMENTS / 2, hits + " hits in " + copy);
        }
        System.out.println(DOCUMENTS + " documents on two nodes");
    }

    private static String text(int seed) {
        return new Random(seed)
                .ints(TEXT_CHARS, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
