package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in the policy, the command line and the configuration: told with their place, and nothing is started. */
@Tag("jar")
@Timeout(180)
class RefusalTest {
    @TempDir
    Path directory;

    @Test
    void policy_everyMistakeIsToldAtOnceWithItsPlace() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = atoll.file(
                "bad.rules",
                "*filter",
                ":OUTPUT ACCEPT",
                "-A OUTPUT -p tcp --dprot 80 -j ACCEPT",
                "-A OUTPUT -d 10.0.0.300 -j DROP",
                "-A OUTPUT -m geoip -j ACCEPT",
                "COMMIT");
        Path status = atoll.path("status.json");
        Result result = atoll.runProbe(
                        List.of("--policy", rules.toString(), "--status-file", status.toString()), "say:never")
                .assertExit(120);

        List<String> lines = result.stderr().lines().toList();
        assertEquals(3, lines.size(), result::toString);
        for (int i = 0; i < lines.size(); i++) {
            String place = "atoll: " + rules + ":" + (i + 3) + ":";
            assertTrue(lines.get(i).matches("\\Q" + place + "\\E\\d+: .+"), result::toString);
        }
        assertTrue(lines.get(0).contains("--dport"), "what was meant: " + result);
        assertTrue(lines.get(2).contains("geoip"), "a match not built is refused by its name: " + result);
        assertEquals("", result.stdout());
        Json json = Json.read(status);
        assertEquals("not-started", json.text("outcome"));
        assertEquals("120", json.text("exitCode"));
        assertEquals(result.stderr(), "atoll: " + json.text("message").replace("\n", "\natoll: ") + "\n");
    }

    @Test
    void policy_notThere_isTold() throws Exception {
        Result result = new Atoll(directory)
                .runProbe(List.of("--policy", "/no/such.rules"), "say:never")
                .assertExit(120);

        assertEquals("atoll: policy: there is no file /no/such.rules\n", result.stderr());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --address | 10.66.0.2/30 | link none: there is no link that could have the address 10.66.0.2/30
            --router  | 10.66.0.1    | command line: atoll.router stands alone; give the program's --address with it
            --dns     | 10.66.0.1    | dns: the link none does not lead to the server 10.66.0.1
            """)
    void option_withoutUseOnTheLink_isRefused(String option, String value, String message) throws Exception {
        Result result = new Atoll(directory)
                .runProbe(List.of("--link", "none", option, value), "say:never")
                .assertExit(120);

        assertEquals("atoll: " + message + "\n", result.stderr());
        assertEquals("", result.stdout());
    }

    @Test
    void option_unknown_isToldWithWhatWasMeant_andInTheStatusFile() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        Result result = atoll.runProbe(List.of("--status-file=" + status, "--polciy=none"), "say:never")
                .assertExit(120);

        assertEquals("atoll: run: there is no option \"--polciy\", did you mean \"--policy\"?\n", result.stderr());
        assertEquals("", result.stdout());
        assertEquals("not-started", Json.read(status).text("outcome"));
        assertEquals("120", Json.read(status).text("exitCode"));
    }

    @Test
    void config_mistake_isToldWithFileAndLine_andInTheStatusFile() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path config = atoll.file("a.conf", "atoll {", "  lnik = tap", "}");
        Path status = atoll.path("status.json");
        Result result = atoll.launcherOption("-Datoll.status-file=" + status)
                .runProbe(List.of("--config", config.toString()), "say:never")
                .assertExit(120);

        String line = config + ":2: there is no setting \"atoll.lnik\", did you mean \"atoll.link\"?";
        assertEquals("atoll: " + line + "\n", result.stderr());
        assertEquals(line, Json.read(status).text("message"));
    }

    @Test
    void config_command_showsEveryValueWithItsOrigin() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path config = atoll.file("a.conf", "atoll.mtu = 1400", "atoll.hostname = given");
        Files.createDirectories(atoll.path("config-home/atoll"));
        atoll.file("config-home/atoll/atoll.conf", "atoll.stop-grace = 3s", "atoll.mtu = 1300");
        atoll.launcherOption("-Datoll.hostname=chosen");
        Result result = atoll.run("config", "--config", config.toString()).assertExit(0);

        assertTrue(result.line("atoll.hostname ").matches(".*= \"chosen\" +# -Datoll.hostname"), result::toString);
        assertTrue(result.line("atoll.mtu ").matches(".*= 1400 +# \\Q" + config + "\\E:1"), result::toString);
        assertTrue(result.line("atoll.stop-grace ").matches(".*= \"3s\" +# .*/atoll/atoll.conf:1"), result::toString);
        assertTrue(result.line("atoll.link ").matches(".*= \"auto\" +# default"), result::toString);
        assertEquals("", result.stderr());

        atoll.file("a.conf", "atoll.mtu = many");
        Result wrong = atoll.run("config", "--config", config.toString()).assertExit(120);
        assertEquals(
                "atoll: " + config + ":1: atoll.mtu is \"many\", expected is a number of bytes from 576 to 65535\n",
                wrong.stderr());
    }

    /** Without the manifest's word two packages of the JDK are closed: told before anything starts. */
    @Test
    void stream_fromAClassPathWithoutOpenPackages_isToldWhatToSay() throws Exception {
        Atoll atoll = new Atoll(directory);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Atoll.JAR.toString(),
                "dev.atoll.launcher.Main",
                "run",
                "--link",
                "stream",
                "--"));
        command.addAll(atoll.probe("say:never"));
        Result result = atoll.startCommand(command).result().assertExit(120);

        assertEquals(
                "atoll: link stream: start the launcher by java -jar, or with --add-opens java.base/java.io=ALL-UNNAMED"
                        + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED\n",
                result.stderr());
    }
}
