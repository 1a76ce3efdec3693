package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.sandbox.Blocking;
import dev.atoll.runtime.sandbox.SandboxBuilder;
import dev.atoll.runtime.sandbox.SandboxPair;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.socket.NameService.UnknownNameException;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules by name in one sandbox, the name server and the hosts in another. */
@Timeout(60)
class NamesInRulesTest {
    private static final IpAddress HOST = IpAddress.parse("198.51.100.1");
    private static final int PORT = 443;

    private @Nullable SandboxPair pair;
    private @Nullable NameServer server;
    private final List<Denial> denials = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private static RuleSet rules(String rule) {
        String text = "*filter\n:OUTPUT DROP\n-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
                + "-A OUTPUT -p udp --dport 53 -j ACCEPT\n" + rule + "\n"
                + "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited\nCOMMIT\n";
        return ((PolicyResult.Accepted) PolicyParser.parse("egress.rules", text, HostResolver.NONE)).ruleSet();
    }

    private SandboxPair open(String rule, IpAddress answer, UnaryOperator<SandboxBuilder> more) throws Exception {
        ResolverOptions options = ResolverOptions.of(List.of(SandboxPair.FIRST)).withHosts(new File("/nonexistent"));
        SandboxPair opened = new SandboxPair(
                builder -> builder.address(HOST, 24),
                builder -> more.apply(builder.router(SandboxPair.FIRST)
                        .names(options)
                        .policy(rules(rule))
                        .denials(denials::add)));
        pair = opened;
        server = new NameServer(opened.first.stack(), (query, from, overTcp) -> {
            asked.add(DnsResolverTest.question(query).name());
            return List.of(Answers.to(query).address(answer).bytes());
        });
        TcpListener unused = Blocking.listen(opened.first.stack(), PORT);
        return opened;
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.close();
        }
        if (pair != null) {
            pair.close();
        }
    }

    private static void connect(SandboxPair in, IpAddress to) throws StackException {
        Blocking.connect(in.second.stack(), to, PORT).close();
    }

    private static void assertRefused(SandboxPair in, IpAddress to) {
        StackException refused = assertThrows(StackException.class, () -> connect(in, to));
        assertTrue(String.valueOf(refused.getMessage()).contains("egress.rules:"), refused.toString());
    }

    @Test
    void connection_toWhatTheResolverFound_passes() throws Exception {
        SandboxPair in = open("-A OUTPUT -p tcp -m fqdn --name api.example.com -j ACCEPT", HOST, builder -> builder);
        assertRefused(in, HOST);
        in.second.names().lookup("other.example.com");
        assertRefused(in, HOST);
        in.second.names().lookup("API.example.com");
        connect(in, HOST);
    }

    @Test
    void connection_toWhatTheProgramLookedUpByItself_passes() throws Exception {
        SandboxPair in = open("-A OUTPUT -p tcp -m fqdn --name *.example.com -j ACCEPT", HOST, builder -> builder);
        ask(in, "www.example.com");
        connect(in, HOST);
    }

    /** As a library with a resolver of its own does. */
    private static void ask(SandboxPair in, String name) throws Exception {
        try (UdpEndpoint udp = in.second.stack().newUdpEndpoint()) {
            ReadySignal signal = new ReadySignal();
            udp.setReadinessListener(signal);
            udp.send(
                    DnsMessages.encode(7, new DnsQuestion(name, DnsQuestion.Type.A)),
                    new FullAddress(SandboxPair.FIRST, ResolverOptions.PORT));
            ByteBuffer buffer = ByteBuffer.allocate(512);
            long deadlineNs = System.nanoTime() + 20_000_000_000L;
            while (udp.receive(buffer.clear()) == null) {
                assertTrue(signal.await(deadlineNs), "an answer in time");
            }
        }
    }

    @Test
    void nameOfAnInternalAddress_opensItOnlyIfTheRuleSaysSo() throws Exception {
        SandboxPair in = open(
                "-A OUTPUT -p tcp -m fqdn --name api.example.com -j ACCEPT", SandboxPair.FIRST, builder -> builder);
        in.second.names().lookup("api.example.com");
        assertRefused(in, SandboxPair.FIRST);
        in.second
                .stack()
                .ipTables()
                .replace(rules("-A OUTPUT -p tcp -m fqdn --name api.example.com --allow-private -j ACCEPT"));
        connect(in, SandboxPair.FIRST);
    }

    @Test
    void strictly_onlyNamesOfRulesAreAskedFor() throws Exception {
        SandboxPair in = open(
                "-A OUTPUT -m fqdn --name bad.example.com -j DROP\n"
                        + "-A OUTPUT -p tcp -m fqdn --name api.example.com -j ACCEPT",
                HOST,
                SandboxBuilder::strictNames);
        assertEquals(List.of(HOST), in.second.names().lookup("api.example.com"));
        for (String name : List.of("evil.example", "bad.example.com")) {
            UnknownNameException refused = assertThrows(
                    UnknownNameException.class, () -> in.second.names().lookup(name));
            String rule = "egress.rules:1: no rule allows the name " + name + " (--dns=strict)";
            assertEquals(name + ": Name or service not known (REFUSED: " + rule + ")", refused.getMessage());
        }
        assertThrows(UnknownNameException.class, () -> in.second.names().reverse(HOST));
        assertEquals(List.of("api.example.com"), asked);
        assertEquals(3, denials.size());
        ask(in, "api.example.com");
        StackException refused = assertThrows(StackException.class, () -> ask(in, "evil.example"));
        assertEquals(StackError.REFUSED, refused.error());
        assertTrue(String.valueOf(refused.getMessage()).contains("the name evil.example"), refused.toString());
        assertFalse(asked.contains("evil.example"));
        connect(in, HOST);
        assertNull(server == null ? null : server.failure.get());
    }
}
