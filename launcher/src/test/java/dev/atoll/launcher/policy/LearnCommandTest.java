package dev.atoll.launcher.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.PolicyFile;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.trace.Connection;
import dev.atoll.launcher.policy.trace.Explanation;
import dev.atoll.launcher.policy.trace.Walk;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learned from flow logs allows what they saw; what it looks like is in {@code learn.golden}. */
class LearnCommandTest {
    private static final IpAddress OWN_V4 = IpAddress.parse("10.66.0.2");
    private static final IpAddress OWN_V6 = IpAddress.parse("fd61:746f:6c6c::2");

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private void learn(InputStream in, boolean denied, String out, String... logs) throws LaunchException {
        PrintStream to = new PrintStream(said, true, StandardCharsets.UTF_8);
        int exit = new LearnCommand(to, in).run(new PolicyRequest.Learn(List.of(logs), null, out, denied));
        assertEquals(0, exit);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static String line(Connection flow, String verdict) {
        return String.format(
                "{\"version\": 1, \"run\": \"r\", \"verdict\": \"%s\", \"direction\": \"%s\", \"protocol\": \"%s\","
                        + " \"source\": \"%s\", \"sourcePort\": %d, \"destination\": \"%s\", \"destinationPort\": %d,"
                        + " \"name\": null, \"frames\": [\"a\\u0041(b)\", \"c\"], \"bytesOut\": 7}%n",
                verdict,
                flow.outgoing() ? "out" : "in",
                flow.protocol() == IpProtocol.TCP ? "tcp" : "udp",
                flow.from().address(),
                flow.from().port(),
                flow.to().address(),
                flow.to().port());
    }

    private static Connection random(Random random) {
        boolean v4 = random.nextInt(3) > 0;
        boolean outgoing = random.nextInt(5) > 0;
        IpAddress own = v4 ? OWN_V4 : OWN_V6;
        // Close together, so that some are folded.
        IpAddress peer = v4
                ? IpAddress.v4(0xc0000200 + (random.nextInt(3) << 8) + random.nextInt(40))
                : new IpAddress(0x20010db800000000L + random.nextInt(2), random.nextInt(30));
        int port = random.nextInt(8) > 0 ? 80 + random.nextInt(4) : 1 + random.nextInt(0xffff);
        FullAddress ownEnd = new FullAddress(own, outgoing ? 49152 : port);
        FullAddress peerEnd = new FullAddress(peer, outgoing ? port : 49152);
        return new Connection(
                outgoing,
                random.nextInt(3) > 0 ? IpProtocol.TCP : IpProtocol.UDP,
                outgoing ? ownEnd : peerEnd,
                outgoing ? peerEnd : ownEnd,
                null);
    }

    private static boolean isAllowed(RuleSet rules, Connection connection) {
        return Walk.of(rules, connection).result() == Explanation.Result.ACCEPT;
    }

    @ParameterizedTest
    @ValueSource(strings = {"learned.conf", "learned.rules"})
    void randomFlows_learned_areAllowedInBothForms(String name) throws IOException, LaunchException {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            List<Connection> flows = new ArrayList<>();
            int count = 1 + random.nextInt(150);
            while (flows.size() < count) {
                flows.add(random(random));
            }
            StringBuilder text = new StringBuilder();
            flows.forEach(flow -> text.append(line(flow, "accept")));
            Files.writeString(directory.resolve("flows"), text);
            learn(InputStream.nullInputStream(), false, file(name), file("flows"));

            RuleSet rules = PolicyFile.load(List.of(directory.resolve(name)), List.of());
            for (Connection flow : flows) {
                assertTrue(isAllowed(rules, flow), "seed " + seed + ": " + flow);
            }
            for (IpAddress stranger : List.of(IpAddress.parse("192.0.5.1"), IpAddress.parse("2001:db8:0:7::1"))) {
                IpAddress own = stranger.isV4() ? OWN_V4 : OWN_V6;
                Connection never = new Connection(
                        true, IpProtocol.TCP, new FullAddress(own, 49152), new FullAddress(stranger, 80), null);
                assertFalse(isAllowed(rules, never), "seed " + seed + ": " + never);
            }
        }
    }

    @Test
    void sameFlows_anyOrderAndFiles_samePolicyButForItsHeading() throws IOException, LaunchException {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(line(random(random), "accept"));
        }
        Files.writeString(directory.resolve("one"), String.join("", lines));
        learn(InputStream.nullInputStream(), false, file("one.conf"), file("one"));

        Collections.shuffle(lines, random);
        Files.writeString(directory.resolve("two"), String.join("", lines.subList(0, 100)));
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve("three")))) {
            out.write(String.join("", lines.subList(100, 200)).getBytes(StandardCharsets.UTF_8));
        }
        byte[] piped = String.join("", lines.subList(200, 300)).getBytes(StandardCharsets.UTF_8);
        learn(new ByteArrayInputStream(piped), false, file("two.conf"), file("two"), file("three"), "-");

        assertEquals(rulesOf("one.conf"), rulesOf("two.conf"));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("two.conf: "), said::toString);
    }

    private String rulesOf(String name) throws IOException {
        String text = Files.readString(directory.resolve(name));
        return text.substring(text.indexOf("atoll {"));
    }

    @Test
    void wouldHaveBeenDenied_isLearned_deniedOnlyIfAsked() throws IOException, LaunchException {
        Connection audited = connectionTo("192.0.2.1");
        Connection denied = connectionTo("198.51.100.1");
        Files.writeString(directory.resolve("log"), line(audited, "would-drop") + line(denied, "reject"));

        learn(InputStream.nullInputStream(), false, file("without.conf"), file("log"));
        RuleSet without = PolicyFile.load(List.of(directory.resolve("without.conf")), List.of());
        assertTrue(isAllowed(without, audited));
        assertFalse(isAllowed(without, denied));

        learn(InputStream.nullInputStream(), true, file("with.rules"), file("log"));
        RuleSet with = PolicyFile.load(List.of(directory.resolve("with.rules")), List.of());
        assertTrue(isAllowed(with, audited));
        assertTrue(isAllowed(with, denied));
    }

    private static Connection connectionTo(String peer) {
        return new Connection(
                true,
                IpProtocol.TCP,
                new FullAddress(OWN_V4, 49152),
                new FullAddress(IpAddress.parse(peer), 443),
                null);
    }

    @Test
    void lineAcrossBuffersAndTooLong_isReadAndRefused() throws IOException {
        String padding = "x".repeat(700_000);
        String good = line(connectionTo("192.0.2.1"), "accept").stripTrailing();
        String padded = good.substring(0, good.length() - 1) + ", \"more\": \"" + padding + "\"}\n";
        String tooLong = good.substring(0, good.length() - 1) + ", \"more\": \"" + padding + padding + "\"}\n";
        Files.writeString(directory.resolve("log"), padded + padded + tooLong + padded + "{\n");

        LaunchException refusal = assertThrows(
                LaunchException.class, () -> learn(InputStream.nullInputStream(), false, file("x.conf"), file("log")));
        assertTrue(refusal.line().contains("log:3:"), refusal.line());
        assertTrue(refusal.line().contains("longer than 1048576 bytes"), refusal.line());
        assertTrue(refusal.line().contains("log:5:2: "), refusal.line());
        assertEquals(2, refusal.line().split("\n", -1).length, refusal.line());
        assertFalse(Files.exists(directory.resolve("x.conf")));
    }

    @Test
    void randomBytes_neverAnythingButMistakes() throws IOException {
        Random random = new Random(3);
        String good = line(connectionTo("192.0.2.1"), "accept").stripTrailing();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(directory.resolve("log"), bytes);
            try {
                learn(InputStream.nullInputStream(), false, file("x.conf"), file("log"));
            } catch (LaunchException e) {
                assertTrue(e.line().startsWith(file("log") + ":"), e.line());
                refused++;
            }
        }
        assertTrue(refused > 500, "refused were " + refused);
    }
}
