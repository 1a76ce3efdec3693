package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code InetAddress.isReachable} in a program, asking the host's kernel. */
class ReachableTest extends JarTest {
    private static final String HOST = HostSide.ADDRESS;
    private static final String FAR = "198.51.100.2";

    /** Milliseconds for what is not there: a second request is sent in them. */
    private static final int SHORT_MS = 1500;

    @BeforeEach
    @Override
    void needs() {
        Needs.tap();
    }

    private Result ask(HostSide host, Path jdk, List<String> options, String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("--link", "tap", "--address", "10.9.8.7/24"));
        all.addAll(options);
        return new Atoll(directory)
                .behind(host.prefix())
                .on(jdk)
                .runProbe(all, commands)
                .assertExit(0);
    }

    /** What the program printed of it, without the time. */
    private static String answer(Result result, String command) {
        return result.line(command + "=").substring(command.length() + 1).replaceAll(" *\\[\\d+ ms]$", "");
    }

    private static int tookMs(Result result, String command) {
        return Integer.parseInt(result.line(command + "=").replaceAll(".* \\[(\\d+) ms]$", "$1"));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void hosts_thatAnswerEchoRequests_areReachable(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        String host = "reachable:20000,0,," + HOST;
        String host6 = "reachable:20000,0,,fd61:746f:6c6c::1";
        String own = "reachable:20000,0,,10.9.8.7";
        String atOnce = "reachable:0,0,,127.0.0.1";
        String any = "reachable:20000,0,,0.0.0.0";
        String loopback6 = "reachable:20000,0,,::1";
        String throughLink = "reachable:20000,0,eth0," + HOST;
        String throughLoopback = "reachable:" + SHORT_MS + ",0,lo," + HOST;
        String nobody = "reachable:" + SHORT_MS + ",0,,10.9.8.99";
        try (HostSide side = new HostSide()) {
            Result result = ask(
                    side,
                    jdk,
                    List.of("--address6", "fd61:746f:6c6c::2/64"),
                    host,
                    host6,
                    own,
                    atOnce,
                    any,
                    loopback6,
                    throughLink,
                    throughLoopback,
                    nobody);
            for (String reached : List.of(host, host6, own, atOnce, any, loopback6, throughLink)) {
                assertEquals("true", answer(result, reached), reached);
            }
            assertEquals("false", answer(result, throughLoopback));
            assertEquals("false", answer(result, nobody));
            assertTrue(tookMs(result, nobody) >= SHORT_MS, "all of its time was waited for");
        }
    }

    /** What answers TCP is asked only where echo requests cannot be sent. */
    @ParameterizedTest
    @MethodSource("jdks")
    void policyDeniesEchoRequests_connectionsAreTried(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide side = new HostSide()) {
            side.inside("sysctl", "-q", "-w", "net.ipv4.icmp_echo_ignore_all=1");
            String ask = "reachable:" + SHORT_MS + ",0,," + HOST;
            assertEquals("false", answer(ask(side, jdk, List.of(), ask), ask));
            for (String target : List.of("DROP", "REJECT")) {
                Path rules = new Atoll(directory)
                        .file("no-icmp.rules", "*filter", "-A OUTPUT -p icmp -j " + target, "COMMIT");
                List<String> options = List.of("--policy", rules.toString());
                assertEquals("true", answer(ask(side, jdk, options, ask), ask), target);
            }
            Path rules = new Atoll(directory)
                    .file(
                            "nothing.rules",
                            "*filter",
                            "-A OUTPUT -j REJECT --reject-with icmp-port-unreachable",
                            "COMMIT");
            List<String> options = List.of("--policy", rules.toString());
            assertEquals("false", answer(ask(side, jdk, options, ask), ask), "a rule's refusal is no answer");
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void hostBehindARouter_isReachedByTwoHops(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide router = new HostSide();
                HostSide far = new HostSide()) {
            router.inside("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", far.name());
            router.inside("ip", "address", "add", "198.51.100.1/24", "dev", "near0");
            router.inside("ip", "link", "set", "near0", "up");
            router.inside("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
            far.inside("ip", "address", "add", FAR + "/24", "dev", "far0");
            far.inside("ip", "link", "set", "far0", "up");
            far.inside("ip", "route", "add", "10.9.8.0/24", "via", "198.51.100.1");
            String one = "reachable:" + SHORT_MS + ",1,," + FAR;
            String two = "reachable:20000,2,," + FAR;
            Result result = ask(router, jdk, List.of(), one, two);
            assertEquals("false", answer(result, one));
            assertEquals("true", answer(result, two));
        }
    }
}
