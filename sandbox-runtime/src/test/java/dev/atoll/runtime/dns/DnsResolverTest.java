package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.sandbox.SandboxBuilder;
import dev.atoll.runtime.sandbox.SandboxPair;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.socket.NameService.UnknownNameException;
import dev.atoll.stack.socket.NameService.UnknownNameException.Reason;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The resolver in one sandbox, a name server in another. */
@Timeout(60)
class DnsResolverTest {
    private static final IpAddress ANSWER = IpAddress.parse("192.0.2.1");
    private static final IpAddress ANSWER6 = IpAddress.parse("2001:db8::1");
    private static final long SHORT_NS = 200_000_000;

    @TempDir
    Path folder;

    private @Nullable SandboxPair pair;
    private @Nullable NameServer server;
    private final List<String> asked = new ArrayList<>();

    private DnsResolver open(NameServer.Script script, UnaryOperator<ResolverOptions> more) throws Exception {
        return open(script, more, builder -> builder);
    }

    private DnsResolver open(
            NameServer.Script script, UnaryOperator<ResolverOptions> more, UnaryOperator<SandboxBuilder> moreOfAsker)
            throws Exception {
        ResolverOptions options =
                more.apply(ResolverOptions.of(List.of(SandboxPair.FIRST)).withHosts(new File("/nonexistent")));
        SandboxPair opened = new SandboxPair(builder -> builder, builder -> moreOfAsker.apply(builder.names(options)));
        pair = opened;
        server = new NameServer(opened.first.stack(), (query, from, overTcp) -> {
            synchronized (asked) {
                asked.add(question(query).name());
            }
            return script.answer(query, from, overTcp);
        });
        return opened.second.names();
    }

    private DnsResolver open(NameServer.Script script) throws Exception {
        return open(script, options -> options);
    }

    /** What a query asks, read by hand. */
    static DnsQuestion question(ByteBuffer query) {
        DnsReader reader = new DnsReader(query);
        reader.skip(12);
        String name = reader.name();
        int type = reader.u16();
        for (DnsQuestion.Type each : DnsQuestion.Type.values()) {
            if (each.code() == type) {
                return new DnsQuestion(name, each);
            }
        }
        throw new AssertionError("type " + type);
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.close();
            assertNull(server.failure.get());
        }
        if (pair != null) {
            pair.close();
        }
    }

    private static UnknownNameException unknown(DnsResolver resolver, String name) {
        return assertThrows(UnknownNameException.class, () -> resolver.lookup(name));
    }

    @Test
    void lookup_asksTheServer() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query).address(ANSWER).bytes()));
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(List.of("www.example.com"), asked);
        assertEquals(1, resolver.counters().answered());
    }

    @Test
    void lookup_withIpv6_asksForBothAtOnce() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query)
                        .address(question(query).type() == DnsQuestion.Type.A ? ANSWER : ANSWER6)
                        .bytes()),
                options -> options.withIpv6(true));
        assertEquals(List.of(ANSWER, ANSWER6), resolver.lookup("www.example.com"));
        assertEquals(2, asked.size());
    }

    /** RFC 6724 section 6. */
    @Test
    void lookup_severalAddresses_comeInTheOrderOfTheStacksSources() throws Exception {
        IpAddress near = IpAddress.parse("10.66.0.77");
        IpAddress near6 = IpAddress.parse("2001:db8:66::77");
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "10.66.0.77 both\n2001:db8:66::77 both\n10.66.0.2 box\n2001:db8:66::2 box\n");
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(
                        question(query).type() == DnsQuestion.Type.A
                                ? Answers.to(query)
                                        .address(ANSWER)
                                        .address(near)
                                        .bytes()
                                : Answers.to(query)
                                        .address(ANSWER6)
                                        .address(near6)
                                        .bytes()),
                options -> options.withIpv6(true)
                        .withHosts(hosts.toFile())
                        .withLocalHost("box", List.of(SandboxPair.SECOND)),
                builder -> builder.address(IpAddress.parse("2001:db8:66::2"), 64)
                        .ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false)));
        // There is no way to the first ones, and IPv6 has precedence.
        assertEquals(List.of(near6, near, ANSWER, ANSWER6), resolver.lookup("www.example.com"));
        assertEquals(List.of(near6, near), resolver.lookup("both"));
        assertEquals(List.of(IpAddress.V6_LOOPBACK, IpAddress.V4_LOOPBACK), resolver.lookup("localhost"));
        assertEquals(List.of(SandboxPair.SECOND, IpAddress.parse("2001:db8:66::2")), resolver.lookup("box"));
    }

    @Test
    void lookup_nameThatDoesNotExist_isNotKnown() throws Exception {
        DnsResolver resolver = open((query, from, tcp) ->
                List.of(Answers.to(query).code(DnsResponse.NXDOMAIN).bytes()));
        UnknownNameException unknown = unknown(resolver, "no.example.com");
        assertEquals(Reason.NOT_KNOWN, unknown.reason());
        assertEquals("no.example.com: Name or service not known", unknown.getMessage());
    }

    @Test
    void lookup_nameWithoutAddress_saysSo() throws Exception {
        DnsResolver resolver =
                open((query, from, tcp) -> List.of(Answers.to(query).bytes()));
        assertEquals(Reason.NO_ADDRESS, unknown(resolver, "mail.example.com").reason());
    }

    @Test
    void lookup_serverFails_isTemporaryAndNamesTheServer() throws Exception {
        DnsResolver resolver =
                open((query, from, tcp) -> List.of(Answers.to(query).code(2).bytes()));
        UnknownNameException unknown = unknown(resolver, "www.example.com");
        assertEquals(Reason.TEMPORARY, unknown.reason());
        assertEquals("10.66.0.1:53: answered SERVFAIL", unknown.detail());
        assertEquals(2, asked.size(), "two attempts");
    }

    @Test
    void lookup_serverIsSilent_isAskedAgainAndTimesOut() throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> List.of(), options -> options.withPatience(SHORT_NS, 3));
        UnknownNameException unknown = unknown(resolver, "www.example.com");
        assertEquals(Reason.TEMPORARY, unknown.reason());
        assertEquals("10.66.0.1:53: no answer in time", unknown.detail());
        assertEquals(3, asked.size());
        assertEquals(3, resolver.counters().timeouts());
    }

    @Test
    void lookup_firstServerIsNotThere_theSecondAnswers() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query).address(ANSWER).bytes()),
                options -> ResolverOptions.of(List.of(IpAddress.parse("10.66.0.99"), SandboxPair.FIRST))
                        .withHosts(options.hosts())
                        .withPatience(SHORT_NS, 1));
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
    }

    @Test
    void lookup_nobodyListens_isRefusedAtOnce() throws Exception {
        SandboxPair opened = new SandboxPair(
                builder -> builder,
                builder -> builder.names(
                        ResolverOptions.of(List.of(SandboxPair.FIRST)).withHosts(new File("/nonexistent"))));
        pair = opened;
        long before = System.nanoTime();
        UnknownNameException unknown = unknown(opened.second.names(), "www.example.com");
        assertEquals("10.66.0.1:53: Connection refused", unknown.detail());
        assertTrue(System.nanoTime() - before < 4_000_000_000L, "no timeout was waited for");
    }

    @Test
    void lookup_withoutServers_isTemporary() throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> List.of(), options -> ResolverOptions.of(List.of())
                .withHosts(options.hosts()));
        assertEquals(
                "no name server is configured",
                unknown(resolver, "www.example.com").detail());
    }

    @Test
    void lookup_truncated_isAskedAgainOverTcp() throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> {
            if (!tcp) {
                return List.of(Answers.to(query).truncated().bytes());
            }
            Answers all = Answers.to(query);
            for (int i = 0; i < 300; i++) {
                all.address(IpAddress.v4(0xc0000200 + i));
            }
            return List.of(all.bytes());
        });
        List<IpAddress> addresses = resolver.lookup("many.example.com");
        assertEquals(300, addresses.size());
        assertEquals(IpAddress.v4(0xc0000200 + 299), addresses.get(299));
        assertEquals(1, resolver.counters().overTcp());
    }

    @Test
    void lookup_longAnswer_comesInOneDatagram() throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> {
            Answers all = Answers.to(query);
            for (int i = 0; i < 70; i++) {
                all.address(IpAddress.v4(0xc0000200 + i));
            }
            assertTrue(all.bytes().length > 1100, "longer than without EDNS");
            return List.of(
                    udpBytes(query) < all.bytes().length
                            ? all.truncated().bytes()
                            : all.opt(0).bytes());
        });
        assertEquals(70, resolver.lookup("many.example.com").size());
        assertEquals(0, resolver.counters().overTcp());
        assertEquals(1, resolver.counters().asked());
    }

    @Test
    void lookup_serverDoesNotUnderstandEdns_isAskedWithoutAndRemembered() throws Exception {
        for (int code : new int[] {DnsResponse.FORMERR, DnsResponse.NOTIMP}) {
            lookup_serverWithoutEdns(query -> Answers.to(query).code(code).bytes());
            lookup_serverWithoutEdns(query -> Answers.bare(query).code(code).bytes());
        }
        lookup_serverWithoutEdns(query -> Answers.to(query).opt(1).bytes());
    }

    private void lookup_serverWithoutEdns(UnaryServer refusing) throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> List.of(
                udpBytes(query) > 512
                        ? refusing.answer(query)
                        : Answers.to(query).address(ANSWER).bytes()));
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(2, resolver.counters().asked());
        assertEquals(1, resolver.counters().withoutEdns());
        assertEquals(0, resolver.counters().timeouts());
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(3, resolver.counters().asked(), "asked without at once");
        close();
    }

    /** What a name server answers to one query. */
    private interface UnaryServer {
        byte[] answer(ByteBuffer query);
    }

    @Test
    void lookup_serverUnderstandsNothing_fails() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) ->
                        List.of(Answers.to(query).code(DnsResponse.FORMERR).bytes()),
                options -> options.withPatience(5_000_000_000L, 1));
        assertEquals(
                "10.66.0.1:53: answered FORMERR",
                unknown(resolver, "www.example.com").detail());
        assertEquals(2, asked.size());
    }

    @Test
    void lookup_serverIsSilentToEdns_isAskedWithoutAndRemembered() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> udpBytes(query) > 512
                        ? List.of()
                        : List.of(Answers.to(query).address(ANSWER).bytes()),
                options -> options.withPatience(SHORT_NS, 2));
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(1, resolver.counters().timeouts());
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(1, resolver.counters().timeouts());
        assertEquals(3, asked.size());
    }

    @Test
    void plainServers_areForgottenAfterAWhile() {
        FullAddress one = new FullAddress(SandboxPair.FIRST, ResolverOptions.PORT);
        PlainServers plain = new PlainServers();
        long nowNs = Long.MAX_VALUE - 5;
        plain.add(one, nowNs);
        assertTrue(plain.contains(one, nowNs + PlainServers.REMEMBERED_NS - 1));
        assertFalse(plain.contains(one, nowNs + PlainServers.REMEMBERED_NS));
        assertFalse(plain.contains(new FullAddress(SandboxPair.SECOND, ResolverOptions.PORT), nowNs));
    }

    /** The longest answer over UDP that a query asks for. */
    private static int udpBytes(ByteBuffer query) {
        DnsReader reader = new DnsReader(query);
        reader.skip(10);
        boolean edns = reader.u16() == 1;
        reader.name();
        reader.skip(4 + 1 + 2);
        return edns ? reader.u16() : 512;
    }

    @Test
    void lookup_forgedAnswers_areIgnored() throws Exception {
        DnsResolver resolver = open((query, from, tcp) -> List.of(
                Answers.to(query)
                        .id(query.getShort(0) ^ 1)
                        .address(IpAddress.v4(0x06060606))
                        .bytes(),
                Answers.to(query.getShort(0), new DnsQuestion("other.example.com", DnsQuestion.Type.A))
                        .address(IpAddress.v4(0x06060606))
                        .bytes(),
                new byte[] {1, 2, 3},
                new byte[0],
                Answers.to(query).address(ANSWER).bytes()));
        assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        assertEquals(4, resolver.counters().ignored());
    }

    @Test
    void questions_comeFromManyPorts() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query).address(ANSWER).bytes()));
        for (int i = 0; i < 20; i++) {
            resolver.lookup("www.example.com");
        }
        Set<Integer> ports = new HashSet<>();
        java.util.Objects.requireNonNull(server).askers.forEach(asker -> ports.add(asker.port()));
        assertTrue(ports.size() >= 18, "ports " + ports);
    }

    @Test
    void search_shortName_triesSuffixesFirst() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(
                        question(query).name().equals("db.b.example")
                                ? Answers.to(query).address(ANSWER).bytes()
                                : Answers.to(query).code(DnsResponse.NXDOMAIN).bytes()),
                options -> options.withSearch(List.of("a.example", "b.example"), 1));
        assertEquals(List.of(ANSWER), resolver.lookup("db"));
        assertEquals(List.of("db.a.example", "db.b.example"), asked);

        asked.clear();
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "x.y").reason());
        assertEquals(List.of("x.y", "x.y.a.example", "x.y.b.example"), asked);

        asked.clear();
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "db.").reason());
        assertEquals(List.of("db"), asked);
    }

    @Test
    void search_nameWithFewerDotsThanNdots_triesSuffixesFirst() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) ->
                        List.of(Answers.to(query).code(DnsResponse.NXDOMAIN).bytes()),
                options -> options.withSearch(List.of("a.example"), 2));
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "x.y").reason());
        assertEquals(List.of("x.y.a.example", "x.y"), asked);

        asked.clear();
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "x.y.z").reason());
        assertEquals(List.of("x.y.z", "x.y.z.a.example"), asked);
    }

    @Test
    void search_serverFailsForOneSuffix_theNextIsTried() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(
                        question(query).name().equals("db.b.example")
                                ? Answers.to(query).address(ANSWER).bytes()
                                : Answers.to(query).code(2).bytes()),
                options ->
                        options.withSearch(List.of("a.example", "b.example"), 1).withPatience(SHORT_NS, 1));
        assertEquals(List.of(ANSWER), resolver.lookup("db"));
        assertEquals(List.of("db.a.example", "db.b.example"), asked);
    }

    /** The name may exist there, and be another host than one of a suffix further on. */
    @Test
    void search_noServerAnswersForOneSuffix_isTheEnd() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> question(query).name().equals("db.b.example")
                        ? List.of(Answers.to(query).address(ANSWER).bytes())
                        : List.of(),
                options ->
                        options.withSearch(List.of("a.example", "b.example"), 1).withPatience(SHORT_NS, 1));
        UnknownNameException unknown = unknown(resolver, "db");
        assertEquals(Reason.TEMPORARY, unknown.reason());
        assertEquals("10.66.0.1:53: no answer in time", unknown.detail());
        assertEquals(List.of("db.a.example"), asked);
    }

    @Test
    void rotate_lookups_beginWithEachServerInTurn() throws Exception {
        List<FullAddress> absent = List.of(
                new FullAddress(SandboxPair.FIRST, 1053),
                new FullAddress(SandboxPair.FIRST, ResolverOptions.PORT),
                new FullAddress(SandboxPair.FIRST, 2053));
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query).code(2).bytes()),
                options -> new ResolverOptions(
                        absent, List.of(), 1, SHORT_NS, 1, true, false, false, options.hosts(), "box", List.of()));
        // What is told is about the last one asked.
        assertEquals(
                "10.66.0.1:2053: Connection refused",
                unknown(resolver, "a.example").detail());
        assertEquals(
                "10.66.0.1:1053: Connection refused",
                unknown(resolver, "a.example").detail());
        assertEquals(
                "10.66.0.1:53: answered SERVFAIL",
                unknown(resolver, "a.example").detail());
        assertEquals(
                "10.66.0.1:2053: Connection refused",
                unknown(resolver, "a.example").detail());
    }

    @Test
    void reverse_asksForThePointer() throws Exception {
        DnsResolver resolver = open((query, from, tcp) ->
                List.of(Answers.to(query).pointer("host.example.com").bytes()));
        assertEquals("host.example.com", resolver.reverse(ANSWER));
        assertEquals(List.of("1.2.0.192.in-addr.arpa"), asked);
    }

    @Test
    void reverse_toSomethingThatIsNoHostName_isNotKnown() throws Exception {
        DnsResolver resolver = open((query, from, tcp) ->
                List.of(Answers.to(query).pointer("<script>").bytes()));
        assertEquals(
                Reason.NOT_KNOWN,
                assertThrows(UnknownNameException.class, () -> resolver.reverse(ANSWER))
                        .reason());
    }

    @Test
    void whatNeedsNoServer_asksNone() throws Exception {
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "10.1.2.3 db db.local\n");
        DnsResolver resolver = open((query, from, tcp) -> List.of(), options -> options.withHosts(hosts.toFile())
                .withLocalHost("box", List.of(SandboxPair.SECOND)));
        assertEquals(List.of(IpAddress.parse("10.1.2.3")), resolver.lookup("DB.local"));
        assertEquals(List.of(ANSWER), resolver.lookup("192.0.2.1"));
        assertEquals(List.of(ANSWER6), resolver.lookup("2001:db8::1"));
        assertEquals(List.of(IpAddress.V4_LOOPBACK), resolver.lookup("localhost"));
        assertEquals(List.of(IpAddress.V4_LOOPBACK), resolver.lookup("a.LOCALHOST."));
        assertEquals(List.of(SandboxPair.SECOND), resolver.lookup("box"));
        assertEquals("box", resolver.localHostName());
        assertEquals("db", resolver.reverse(IpAddress.parse("10.1.2.3")));
        assertEquals("localhost", resolver.reverse(IpAddress.V4_LOOPBACK));
        assertEquals("box", resolver.reverse(SandboxPair.SECOND));
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "no such name").reason());
        assertEquals(Reason.NOT_KNOWN, unknown(resolver, "").reason());
        assertEquals(List.of(), asked);
    }

    @Test
    void interrupted_thread_isAnsweredAndKeepsItsFlag() throws Exception {
        DnsResolver resolver = open(
                (query, from, tcp) -> List.of(Answers.to(query).address(ANSWER).bytes()));
        Thread.currentThread().interrupt();
        try {
            assertEquals(List.of(ANSWER), resolver.lookup("www.example.com"));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void ids_differ() throws Exception {
        Set<Short> ids = new HashSet<>();
        DnsResolver resolver = open((query, from, tcp) -> {
            ids.add(query.getShort(0));
            return List.of(Answers.to(query).address(ANSWER).bytes());
        });
        for (int i = 0; i < 20; i++) {
            resolver.lookup("www.example.com");
        }
        assertNotEquals(1, ids.size());
        assertTrue(ids.size() >= 18, "ids " + ids);
    }
}
