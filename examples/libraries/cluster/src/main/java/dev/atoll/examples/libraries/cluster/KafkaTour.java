package dev.atoll.examples.libraries.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Future;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker that is its own controller, and a client of it: a topic of several partitions that a producer fills and a
 * group of one consumer reads.
 *
 * <p>Usage: {@code KafkaTour server DIRECTORY HOST PORT} serves until it is killed, and tells clients that it is at that
 * host; its controller listens at the next port. {@code KafkaTour client HOST PORT}.
 */
public final class KafkaTour {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOPIC = "islands";
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 20_000;
    private static final int RECORD_BYTES = 1_000;

    private KafkaTour() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 4 && args[0].equals("server")) {
            serve(Path.of(args[1]), args[2], Integer.parseInt(args[3]));
        } else if (args.length == 3 && args[0].equals("client")) {
            use(args[1] + ":" + args[2]);
        } else {
            throw new IllegalArgumentException("usage: KafkaTour server DIRECTORY HOST PORT | client HOST PORT");
        }
    }

    // --- Server ------------------------------------------------------------------------------------------------

    private static void serve(Path directory, String host, int port) throws IOException {
        int controllerPort = port + 1;
        Properties properties = new Properties();
        properties.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("log.dirs", directory.resolve("log").toString()),
                Map.entry("listeners", "CLIENTS://:" + port + ",CONTROLLER://localhost:" + controllerPort),
                Map.entry(
                        "advertised.listeners",
                        "CLIENTS://" + host + ":" + port + ",CONTROLLER://localhost:" + controllerPort),
                Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "CLIENTS"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.bootstrap.servers", "localhost:" + controllerPort),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0")));
        Path file = directory.resolve("server.properties");
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        String[] format = {
            "format", "--standalone", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
        };
        require(StorageTool.execute(format, System.out) == 0, "the directory was not formatted");
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        System.out.println("listening on " + port);
        server.awaitShutdown();
    }

    // --- Client ------------------------------------------------------------------------------------------------

    private static void use(String broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        produce(broker);
        consume(broker);
    }

    private static void produce(String broker) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<Integer, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker, "linger.ms", 5),
                new IntegerSerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                sent.add(producer.send(new ProducerRecord<>(TOPIC, i, value(i))));
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
        System.out.println(RECORDS + " records produced");
    }

    private static void consume(String broker) {
        BitSet seen = new BitSet();
        try (KafkaConsumer<Integer, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker, "group.id", "readers", "auto.offset.reset", "earliest"),
                new IntegerDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long endNs = System.nanoTime() + LIMIT.toNanos();
            while (seen.cardinality() < RECORDS) {
                require(System.nanoTime() - endNs < 0, "only " + seen.cardinality() + " records were read");
                for (ConsumerRecord<Integer, byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
                    require(!seen.get(each.key()), "record " + each.key() + " came twice");
                    require(Arrays.equals(each.value(), value(each.key())), "record " + each.key() + " is another one");
                    seen.set(each.key());
                }
            }
            consumer.commitSync();
        }
        System.out.println(RECORDS + " records consumed");
    }

    private static byte[] value(int key) {
        byte[] value = new byte[RECORD_BYTES];
        new Random(key).nextBytes(value);
        return value;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
