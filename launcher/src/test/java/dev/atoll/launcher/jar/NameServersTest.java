package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Search domains, several servers and the options of resolv.conf(5) in a program, against dnsmasq on the host's side. */
class NameServersTest extends JarTest {
    private static final String FIRST = HostSide.ADDRESS;
    private static final String SECOND = "192.0.2.2";

    /** Takes questions and answers none. */
    private static final String SILENT = "192.0.2.3";

    /** Nobody listens there. */
    private static final String REFUSING = "192.0.2.4";

    @BeforeEach
    @Override
    void needs() {
        Needs.tap();
        Needs.needsCommand("dnsmasq", "dnsmasq-base");
    }

    /** Knows names of {@code a.example} and {@code b.example}, which are its own; refuses all others. */
    private Path startDnsmasq(HostSide host, String address, String... names) throws Exception {
        Path log = directory.resolve("dnsmasq-" + address);
        List<String> command = new ArrayList<>(List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--user=root",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--no-hosts",
                "--no-resolv",
                "--bind-interfaces",
                "--listen-address=" + address,
                "--local=/a.example/b.example/",
                "--log-queries",
                "--log-facility=-"));
        for (String name : names) {
            command.add("--host-record=" + name);
        }
        host.start(log, "started, version", command);
        return log;
    }

    private HostSide hostSide() throws Exception {
        HostSide host = new HostSide();
        for (String address : List.of(SECOND, SILENT, REFUSING)) {
            host.inside("ip", "address", "add", address + "/32", "dev", "lo");
        }
        return host;
    }

    private Result lookUp(HostSide host, Path jdk, List<String> options, String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("--link", "tap"));
        all.addAll(options);
        return new Atoll(directory)
                .behind(host.prefix())
                .on(jdk)
                .runProbe(all, commands)
                .assertExit(0);
    }

    private static String answer(Result result, String command) {
        return result.line(command + "=").substring(command.length() + 1).replaceAll(" *\\[\\d+ ms]$", "");
    }

    /** What a dnsmasq was asked for, in the order in which it was. */
    private static List<String> asked(Path log) throws IOException {
        return Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                .filter(line -> line.contains(" query[A] "))
                .map(line -> line.replaceAll(".* query\\[A] (\\S+) from .*", "$1"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void search_shortName_isTriedUnderEachDomain(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide host = hostSide()) {
            Path log = startDnsmasq(
                    host, FIRST, "db.b.example,10.9.0.1", "x.db.a.example,10.9.0.2", "db.a.b.example,10.9.0.3");
            List<String> options = List.of("--dns", FIRST, "--dns-search", "a.example", "--dns-search", "b.example");
            Result result = lookUp(host, jdk, options, "lookup:db", "lookup:x.db", "lookup:db.", "lookup:nobody");
            assertEquals("10.9.0.1", answer(result, "lookup:db"));
            assertEquals("10.9.0.2", answer(result, "lookup:x.db"), "refused as it is, and then tried");
            assertEquals(
                    "java.net.UnknownHostException: db.: Temporary failure in name resolution (" + FIRST
                            + ":53: answered REFUSED)",
                    answer(result, "lookup:db."));
            assertEquals(
                    List.of(
                            "db.a.example",
                            "db.b.example",
                            "x.db",
                            "x.db",
                            "x.db.a.example",
                            "db",
                            "db",
                            "nobody.a.example",
                            "nobody.b.example",
                            "nobody",
                            "nobody"),
                    asked(log));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void ndots_nameWithFewer_isTriedUnderTheDomainsFirst(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide host = hostSide()) {
            Path log = startDnsmasq(host, FIRST, "x.db.a.example,10.9.0.2", "a.b.c.a.example,10.9.0.3");
            List<String> options = List.of(
                    "--dns=" + FIRST, "--dns-search=a.example", "--dns-option=ndots:2", "--dns-option=attempts:1");
            Result result = lookUp(host, jdk, options, "lookup:x.db", "lookup:a.b.c");
            assertEquals("10.9.0.2", answer(result, "lookup:x.db"));
            assertEquals("10.9.0.3", answer(result, "lookup:a.b.c"));
            assertEquals(List.of("x.db.a.example", "a.b.c", "a.b.c.a.example"), asked(log));
        }
    }

    /** One refuses to answer, one is silent, at one nobody listens: the next is asked. The file says the same to JNDI. */
    @ParameterizedTest
    @MethodSource("jdks")
    void servers_thatDoNotAnswer_leaveItToTheNext(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide host = hostSide()) {
            host.serve(SILENT + ":53");
            startDnsmasq(host, FIRST);
            startDnsmasq(host, SECOND, "db.c.example,10.9.0.4");
            for (String unhelpful : List.of(FIRST, SILENT, REFUSING)) {
                List<String> options = List.of(
                        "--dns", unhelpful, "--dns", SECOND, "--dns-option", "timeout:1", "--dns-option=attempts:1");
                Result result =
                        lookUp(host, jdk, options, "lookup:db.c.example", "jndi:db.c.example", "file:/etc/resolv.conf");
                assertEquals("10.9.0.4", answer(result, "lookup:db.c.example"), unhelpful);
                assertEquals("10.9.0.4", answer(result, "jndi:db.c.example"), unhelpful);
                assertEquals(
                        "nameserver " + unhelpful + " nameserver " + SECOND + " options timeout:1 attempts:1 ",
                        answer(result, "file:/etc/resolv.conf") + " ");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void rotate_lookups_beginWithEachServerInTurn(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide host = hostSide()) {
            Path first = startDnsmasq(host, FIRST, "one.a.example,10.9.0.1", "three.a.example,10.9.0.3");
            Path second = startDnsmasq(host, SECOND, "two.a.example,10.9.0.2", "four.a.example,10.9.0.4");
            List<String> options = List.of("--dns", FIRST, "--dns", SECOND, "--dns-option", "rotate");
            Result result = lookUp(
                    host,
                    jdk,
                    options,
                    "lookup:one.a.example",
                    "lookup:two.a.example",
                    "lookup:three.a.example",
                    "lookup:four.a.example");
            assertEquals("10.9.0.4", answer(result, "lookup:four.a.example"));
            assertEquals(List.of("one.a.example", "three.a.example"), asked(first));
            assertEquals(List.of("two.a.example", "four.a.example"), asked(second));
        }
    }
}
