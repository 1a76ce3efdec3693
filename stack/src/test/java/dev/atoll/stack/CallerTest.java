package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose code opened an endpoint, as its packets tell rules. */
class CallerTest {
    private static final Origin ORIGIN = new Origin("test", 1, "caller");
    private static final FullAddress PEER = new FullAddress(TwoStacks.RIGHT, 9);
    private static final SocketCaller CALLER = new SocketCaller(
            "com.example.Client",
            "com.example",
            "file:/app/lib/client.jar",
            "com.example:client:1.0",
            "main",
            List.of("com.example.Client.open(Client.java:1)"));

    /** Takes down who sends. */
    private static final class Seen implements Matcher {
        private final List<String> threads = new ArrayList<>();

        @Override
        public Result match(PacketContext context) {
            threads.add(context.socketCaller().thread());
            return Result.YES;
        }
    }

    private static Seen lookAt(Stack stack, Hook hook) {
        Seen seen = new Seen();
        Rule rule = new Rule(List.of(seen), StandardTarget.ACCEPT, ORIGIN);
        Chain chain = new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rule), ORIGIN);
        stack.ipTables()
                .replace(RuleSet.of(
                        List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(chain))));
        return seen;
    }

    @Test
    void option_ofEachKindOfEndpoint_isWhatWasSet() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            for (var endpoint :
                    List.of(net.left.newTcpEndpoint(), net.left.newTcpListener(), net.left.newUdpEndpoint())) {
                assertFalse(endpoint.getOption(EndpointOption.SO_CALLER).isKnown());
                endpoint.setOption(EndpointOption.SO_CALLER, CALLER);
                assertEquals(CALLER, endpoint.getOption(EndpointOption.SO_CALLER));
            }
        }
    }

    @Test
    void packets_ofAnEndpoint_tellWhoOpenedIt_andAnswersOfTheStackDoNot() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Seen seen = lookAt(net.left, Hook.OUTPUT);
            UdpEndpoint udp = net.left.newUdpEndpoint();
            udp.setOption(EndpointOption.SO_CALLER, CALLER);
            udp.send(ByteBuffer.allocate(1), PEER);
            TcpEndpoint tcp = net.left.newTcpEndpoint();
            tcp.setOption(EndpointOption.SO_CALLER, CALLER);
            tcp.connect(PEER);
            assertEquals(List.of("main", "main"), seen.threads);
            net.settle();
            net.right.newUdpEndpoint().send(ByteBuffer.allocate(1), new FullAddress(TwoStacks.LEFT, 99));
            net.settle();
            assertEquals(List.of("main", "main", ""), seen.threads, "port unreachable");
        }
    }

    @Test
    void acceptedConnection_isItsListeners() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            Seen seen = lookAt(net.right, Hook.OUTPUT);
            TcpListener listener = net.right.newTcpListener();
            listener.setOption(EndpointOption.SO_CALLER, CALLER);
            listener.bind(new FullAddress(IpAddress.V4_ANY, 9));
            listener.listen(1);
            net.left.newTcpEndpoint().connect(PEER);
            net.settle();
            TcpEndpoint accepted = listener.accept();
            assertNotNull(accepted);
            assertEquals(CALLER, accepted.getOption(EndpointOption.SO_CALLER));
            assertEquals(List.of("main"), seen.threads, "SYN and ACK");
        }
    }

    @Test
    void archive_keepsAllOfIt_andNothingOfOneWhoIsNotKnown() {
        Archive saved = Archive.saving();
        SocketCaller.archive(saved, CALLER);
        SocketCaller.archive(saved, SocketCaller.UNKNOWN);
        Archive restored = Archive.restoring(saved.toByteArray());
        assertEquals(CALLER, SocketCaller.archive(restored, SocketCaller.UNKNOWN));
        assertFalse(SocketCaller.archive(restored, SocketCaller.UNKNOWN).isKnown());
    }

    @Test
    void names_areThoseOfTheClassAndTheLastPartOfItsPlace() {
        assertEquals("com.example", CALLER.packageName());
        assertEquals("client.jar", CALLER.jar());
        assertEquals("inner.jar", at("jar:file:/app/all.jar!/BOOT-INF/lib/inner.jar!/"));
        assertEquals("inner.jar", at("jar:nested:/app/all.jar/!BOOT-INF/lib/inner.jar!/"));
        assertEquals("classes", at("file:/app/target/classes/"));
        assertEquals("", at(""));
        SocketCaller nobody = new SocketCaller("", "", "", "", "pool-1", List.of());
        assertTrue(nobody.isKnown());
        assertFalse(nobody.hasCode());
        assertEquals("", nobody.packageName());
    }

    private static String at(String location) {
        return new SocketCaller("A", "", location, "", "main", List.of()).jar();
    }
}
