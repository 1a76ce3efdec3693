package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.launcher.jar.Atoll.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One localhost for a program and native programs beside it. */
class LocalhostTest extends JarTest {
    private static final List<String> ALL_REACHED = List.of(
            "native to 127.0.0.1=hello yourself, exit 0",
            "native to ::1=hello yourself, exit 0",
            "to native=HELLO, exit 0",
            "datagram to native=HELLO, exit 0",
            "datagram from native=hello yourself, exit 0",
            "port of a native program=java.net.BindException: Address already in use");

    private static Result run(Atoll atoll, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "--", atoll.java(), "-cp", Atoll.CLASSES.toString(), Neighbour.class.getName(), "127.0.0.1", "::1"));
        return atoll.run(words.toArray(new String[0]));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void withoutALink_asOrdinaryUser_nativeProgramsAndTheProgramReachEachOther(int feature) throws Exception {
        Result result = run(atollOn(feature).asOrdinaryUser(), "--link", "none").assertExit(0);
        assertEquals(ALL_REACHED, result.stdout().lines().toList());
        assertEquals("", result.stderr());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void withALink_itIsTheSame(int feature) throws Exception {
        Result result = run(atollOn(feature), "--link", "stream").assertExit(0);
        assertEquals(ALL_REACHED, result.stdout().lines().toList());
        assertEquals("", result.stderr());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void ruleOnLo_decidesBetweenThem(int feature) throws Exception {
        Atoll atoll = atollOn(feature);
        Path rules = atoll.file(
                "lo.rules",
                "*filter",
                ":INPUT ACCEPT",
                ":OUTPUT ACCEPT",
                "-A OUTPUT -o lo -p tcp ! --tcp-flags SYN,ACK SYN,ACK -m conntrack --ctstate NEW -j REJECT",
                "COMMIT");
        Result result = run(atoll, "--link", "none", "--quiet", "--policy", rules.toString())
                .assertExit(0);
        String refused = " (" + rules
                + ":4: -A OUTPUT -o lo -p tcp ! --tcp-flags SYN,ACK SYN,ACK -m conntrack --ctstate NEW" + " -j REJECT)";
        assertEquals("to native=java.net.ConnectException: Connection refused" + refused, result.line("to native="));
        assertEquals("native to 127.0.0.1=turned away, exit 1", result.line("native to 1"));
        assertEquals("native to ::1=turned away, exit 1", result.line("native to :"));
        assertEquals("datagram to native=HELLO, exit 0", result.line("datagram to native="));
    }
}
