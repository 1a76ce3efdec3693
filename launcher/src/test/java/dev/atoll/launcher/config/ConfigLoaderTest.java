package dev.atoll.launcher.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a setting comes from, and how a mistake in one is told. */
class ConfigLoaderTest {
    private static final String NAME_SERVERS = " \"auto\", or an IP address or a list of up to 8, where \"strict\" may"
            + " come first, alone or as \"strict:\" before an address";

    private static final String RESOLVER_OPTIONS = " \"ndots:N\" with N up to 15, \"timeout:N\" of 1 to 30 seconds,"
            + " \"attempts:N\" of 1 to 5, \"rotate\", a list of them, or \"none\"";

    /** From the strongest to the weakest. */
    private static final List<String> SOURCES =
            List.of("command line", "-Datoll.hostname", "given.conf:1", "atoll.conf:1", "default");

    @TempDir
    Path directory;

    private final Properties properties = new Properties();
    private final Map<String, String> commandLine = new LinkedHashMap<>();

    /** Each source alone, then each pair of neighbours and beyond: the stronger one counts and is named as the origin. */
    @ParameterizedTest
    @CsvSource({
        "0,1", "0,2", "0,3", "0,4", "1,2", "1,3", "1,4", "2,3", "2,4", "3,4",
    })
    void precedence_ofEachPair_strongerCounts(int stronger, int weaker) throws Exception {
        put(weaker);
        put(stronger);
        EffectiveConfig config = load();

        assertEquals("host" + stronger, config.settings().hostname());
        String line = config.describe()
                .lines()
                .filter(each -> each.startsWith("atoll.hostname "))
                .findFirst()
                .orElseThrow();
        assertTrue(line.contains("= \"host" + stronger + "\""), line);
        assertTrue(line.endsWith(SOURCES.get(stronger)), line);
    }

    @Test
    void describe_everySetting_isThereOnceWithItsOrigin() throws Exception {
        List<String> lines = load().describe().lines().toList();

        assertEquals(
                Setting.keys(),
                lines.stream().map(line -> line.split(" ", 2)[0]).toList());
        assertTrue(lines.stream().allMatch(line -> line.endsWith("# default")), lines::toString);
    }

    @Test
    void reference_hasEverySettingAndNoOther() {
        var keys = new TreeSet<String>();
        ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), ConfigLoader.REFERENCE)
                .entrySet()
                .forEach(entry -> keys.add(entry.getKey()));

        assertEquals(new TreeSet<>(Setting.keys()), keys);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "auto                           | none              | false",
                "10.0.0.3                       | 10.0.0.3          | false",
                "[10.0.0.3, 10.0.0.2, \"fd00::1\"] | 10.0.0.3 10.0.0.2 fd00::1 | false",
                "strict                         | none              | true",
                "[strict, 10.0.0.3, 10.0.0.2]   | 10.0.0.3 10.0.0.2 | true",
                "[\"strict:10.0.0.3\", 10.0.0.2] | 10.0.0.3 10.0.0.2 | true",
                "\"strict:10.0.0.3\"             | 10.0.0.3          | true",
            })
    void nameServers_oneOrAList(String value, @Nullable String servers, boolean strict) throws Exception {
        Settings settings =
                load(file("given.conf", "atoll.dns = " + value).toString()).settings();

        List<String> expected = servers == null ? List.of() : List.of(servers.split(" "));
        assertEquals(
                expected,
                settings.names().servers().stream().map(IpAddress::toString).toList());
        assertEquals(strict, settings.names().strict());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "dns-search = none                            | []             | 1  | 5  | 2 | false",
                "dns-search = corp.example                    | [corp.example] | 1  | 5  | 2 | false",
                "dns-search = [b.example, a.example, org.]    | [b.example, a.example, org.] | 1 | 5 | 2 | false",
                "dns-option = rotate                          | []             | 1  | 5  | 2 | true",
                "dns-option = \"ndots:0\"                     | []             | 0  | 5  | 2 | false",
                "dns-option = [\"ndots:15\", \"timeout:30\", rotate, \"attempts:5\"] | [] | 15 | 30 | 5 | true",
                "dns-option = [\"timeout:1\", \"attempts:1\"] | []            | 1  | 1  | 1 | false",
            })
    void resolverOptions_areThoseOfResolvConf(
            String value, String search, int dots, int timeoutSeconds, int attempts, boolean rotate) throws Exception {
        Names names =
                load(file("given.conf", "atoll." + value).toString()).settings().names();
        assertEquals(search, names.search().toString());
        assertEquals(new Names(List.of(), false, names.search(), dots, timeoutSeconds, attempts, rotate), names);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"debug = none, none", "debug = 0, 0", "debug = 65535, 65535"})
    void debug_isAPortOrNone(String value, @Nullable Integer port) throws Exception {
        assertEquals(
                port,
                load(file("given.conf", "atoll." + value).toString()).settings().debug());
    }

    @Test
    void defaults_areNoLimitNoFilterNoFiles() throws Exception {
        Settings settings = load().settings();

        assertEquals("auto", settings.link());
        assertNull(settings.address());
        assertEquals(List.of(), settings.policies());
        assertNull(settings.pcap());
        assertNull(settings.statusFile());
        assertNull(settings.timeout());
        assertEquals(1500, settings.mtuBytes());
        assertEquals(Duration.ofSeconds(10), settings.stopGrace());
        assertTrue(settings.denialLines());
        assertFalse(settings.plainErrors());
        assertFalse(settings.failOnDenial());
        assertNull(settings.log().file());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "atoll.lnik = tap              | there is no setting \"atoll.lnik\", did you mean \"atoll.link\"?",
                "atol.link = tap               | there is no setting \"atol\", did you mean \"atoll.link\"?",
                "atoll.log.colour = red        | there is no setting \"atoll.log.colour\", did you mean \"atoll.log.file\"?",
                "atoll.extra {}                | there is no setting \"atoll.extra\"",
                "atoll.extra = null            | there is no setting \"atoll.extra\"",
                "atoll = 5                     | atoll is 5, expected is a block of settings",
                "atoll.log = loud              | atoll.log is \"loud\", expected is a block of settings",
                "atoll.link = null             | atoll.link is null, expected is a word",
                "atoll.link = [1]              | atoll.link is [1], expected is a word",
                "atoll.link { a = 1 }          | atoll.link is {\"a\":1}, expected is a word",
                "atoll.mtu = large             | atoll.mtu is \"large\", expected is a number of bytes from 576 to 65535",
                "atoll.mtu = 575               | atoll.mtu is 575, expected is a number of bytes from 576 to 65535",
                "atoll.timeout = 30            | atoll.timeout is 30, expected is a time as in 30s, 5m, 1h, or \"none\"",
                "atoll.timeout = -1s           | atoll.timeout is \"-1s\", expected is a time as in 30s, 5m, 1h, or \"none\"",
                "atoll.stop-grace = none       | atoll.stop-grace is \"none\", expected is a time as in 30s, 5m, 1h",
                "atoll.denial-lines = perhaps  | atoll.denial-lines is \"perhaps\", expected is true or false",
                "atoll.address = 10.0.0.2      | atoll.address is \"10.0.0.2\", expected is an address and prefix length as in 10.66.0.2/24, or \"auto\"",
                "atoll.dns = example.org       | atoll.dns is \"example.org\", expected is" + NAME_SERVERS,
                "atoll.dns = []                | atoll.dns is [], expected is" + NAME_SERVERS,
                "atoll.dns = [auto, 10.0.0.1]  | atoll.dns is [\"auto\",\"10.0.0.1\"], expected is" + NAME_SERVERS,
                "atoll.dns = [10.0.0.1, strict] | atoll.dns is [\"10.0.0.1\",\"strict\"], expected is" + NAME_SERVERS,
                "atoll.dns = [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7, 1.1.1.8, 1.1.1.9]"
                        + " | atoll.dns is [\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\",\"1.1.1.5\",\"1.1.1.6\",\"1.1.1.7\","
                        + "\"1.1.1.8\",\"1.1.1.9\"], expected is" + NAME_SERVERS,
                "atoll.debug = 65536           | atoll.debug is 65536, expected is a port from 1 to 65535, 0 for one that is free,"
                        + " or \"none\"",
                "atoll.debug = yes             | atoll.debug is \"yes\", expected is a port from 1 to 65535, 0 for one that is"
                        + " free, or \"none\"",
                "atoll.debug-suspend = true    | atoll.debug-suspend is true, and no debugger can attach; give --debug with it",
                "atoll.dns-search = \"a..b\"   | atoll.dns-search is \"a..b\", expected is a domain name, a list of up to 32,"
                        + " or \"none\"",
                "atoll.dns-search = [none, a]  | atoll.dns-search is [\"none\",\"a\"], expected is a domain name, a list of"
                        + " up to 32, or \"none\"",
                "atoll.dns-option = edns0      | atoll.dns-option is \"edns0\", expected is" + RESOLVER_OPTIONS,
                "atoll.dns-option = \"ndots:16\" | atoll.dns-option is \"ndots:16\", expected is" + RESOLVER_OPTIONS,
                "atoll.dns-option = \"timeout:0\" | atoll.dns-option is \"timeout:0\", expected is" + RESOLVER_OPTIONS,
                "atoll.dns-option = \"attempts:x\" | atoll.dns-option is \"attempts:x\", expected is"
                        + RESOLVER_OPTIONS,
                "atoll.dns-option = \"rotate:1\" | atoll.dns-option is \"rotate:1\", expected is" + RESOLVER_OPTIONS,
                "atoll.router = 10.0.0.1       | atoll.router stands alone; give the program's --address with it",
                "atoll.hostname = under_score  | atoll.hostname is \"under_score\", expected is a host name",
                "atoll.log.level = loud        | atoll.log.level is \"loud\", expected is ERROR, WARN, INFO, DEBUG or TRACE",
                "atoll.log.format = xml        | atoll.log.format is \"xml\", expected is text or json",
                "atoll.policy = []             | atoll.policy is [], expected is a file's name, a list of them, or \"none\"",
                "atoll.policy = [a, none]      | atoll.policy is [\"a\",\"none\"], expected is a file's name, a list of them, or \"none\"",
                "atoll.policy = [a, 5]         | atoll.policy is [\"a\",5], expected is a file's name, a list of them, or \"none\"",
                "atoll.pcap = \"\"             | atoll.pcap is \"\", expected is a file's name or \"none\"",
                "atoll.pcap = /no/such/x       | atoll.pcap is \"/no/such/x\", and there is no directory /no/such",
                "atoll.log.file = /tmp         | atoll.log.file is \"/tmp\", which is a directory",
            })
    void file_mistake_isToldWithFileAndLine(String line, String message) throws Exception {
        Path file = file("given.conf", "# the mistake is in line 2", line);

        LaunchException failure =
                assertThrows(LaunchException.class, () -> load(file.toString()).settings());
        assertEquals(file + ":2: " + message, failure.line());
        assertEquals(ExitCode.CONFIGURATION, failure.exitCode());
    }

    @Test
    void file_syntaxError_isToldWithFileAndLineOnce() throws Exception {
        Path file = file("given.conf", "atoll {", "  link = tap", "  mtu : : 5", "}");

        LaunchException failure = assertThrows(LaunchException.class, () -> load(file.toString()));
        assertTrue(failure.line().startsWith(file + ":3: "), failure.line());
        assertEquals(failure.line().indexOf("given.conf"), failure.line().lastIndexOf("given.conf"), failure.line());
        assertEquals(1, failure.line().lines().count(), failure.line());
    }

    @Test
    void file_usesItsOwnValuesDefaultsAndTheEnvironment() throws Exception {
        Path file = file(
                "given.conf",
                "atoll.mtu = 9000",
                "atoll.hostname = h${atoll.mtu}${atoll.log.level}",
                "atoll.policy = ${PATH}");

        Settings settings = load(file.toString()).settings();
        assertEquals("h9000INFO", settings.hostname());
        assertEquals(List.of(Path.of(System.getenv("PATH"))), settings.policies());
    }

    @Test
    void policies_mayBeSeveral_andTheCommandLinesReplaceThoseOfAFile() throws Exception {
        Path file = file("given.conf", "atoll.policy = [rules.v4, rules.v6]");

        assertEquals(
                List.of(Path.of("rules.v4"), Path.of("rules.v6")),
                load(file.toString()).settings().policies());
        assertEquals(
                List.of(Path.of("a"), Path.of("b")),
                loader().load(Map.of("atoll.policy", List.of("a", "b")), file.toString())
                        .settings()
                        .policies());
    }

    @Test
    void file_undefinedSubstitution_isToldWithItsPlace() throws Exception {
        Path file = file("given.conf", "", "atoll.link = ${NO_SUCH_VARIABLE}");

        LaunchException failure = assertThrows(LaunchException.class, () -> load(file.toString()));
        assertTrue(failure.line().startsWith(file + ":2: "), failure.line());
        assertTrue(failure.line().contains("NO_SUCH_VARIABLE"), failure.line());
    }

    @Test
    void file_notThereOrNoFile_isTold() {
        LaunchException missing = assertThrows(LaunchException.class, () -> load("/no/such.conf"));
        assertEquals("config: there is no file /no/such.conf", missing.line());
        LaunchException folder = assertThrows(LaunchException.class, () -> load(directory.toString()));
        assertEquals("config: " + directory + " is not a file that can be read", folder.line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"atoll.nothing", "atoll.foo..bar", "atoll.log", "atoll."})
    void property_unknown_isToldByItsName(String name) {
        properties.setProperty(name, "1");

        LaunchException failure = assertThrows(LaunchException.class, this::load);
        assertTrue(failure.line().startsWith("-D" + name + ": there is no setting \"" + name + "\""), failure.line());
    }

    @Test
    void commandLine_wrongValue_isToldAsSuch() throws Exception {
        commandLine.put("atoll.timeout", "30");

        EffectiveConfig config = load();
        LaunchException failure = assertThrows(LaunchException.class, config::settings);
        assertEquals(
                "command line: atoll.timeout is \"30\", expected is a time as in 30s, 5m, 1h, or \"none\"",
                failure.line());
    }

    /** The status of a run whose files are wrong: the command line counts before {@code -D}. */
    @Test
    void withoutFiles_statusFile_isWhatCommandLineAndPropertiesSay() throws Exception {
        assertNull(loader().loadWithoutFiles(commandLine).statusFile());
        properties.setProperty("atoll.status-file", directory.resolve("p").toString());
        assertEquals(
                directory.resolve("p"), loader().loadWithoutFiles(commandLine).statusFile());
        commandLine.put("atoll.status-file", directory.resolve("c").toString());
        assertEquals(
                directory.resolve("c"), loader().loadWithoutFiles(commandLine).statusFile());
    }

    private void put(int source) throws IOException {
        String value = "host" + source;
        switch (source) {
            case 0 -> commandLine.put("atoll.hostname", value);
            case 1 -> properties.setProperty("atoll.hostname", value);
            case 2 -> file("given.conf", "atoll.hostname = " + value);
            case 3 -> {
                Files.createDirectories(directory.resolve("xdg/atoll"));
                file("xdg/atoll/atoll.conf", "atoll.hostname = " + value);
            }
            default -> {
                // The default is there by itself.
            }
        }
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.write(directory.resolve(name), new ArrayList<>(List.of(lines)));
    }

    private EffectiveConfig load() throws LaunchException {
        Path given = directory.resolve("given.conf");
        return load(Files.exists(given) ? given.toString() : null);
    }

    private EffectiveConfig load(@Nullable String file) throws LaunchException {
        return loader().load(commandLine, file);
    }

    private ConfigLoader loader() {
        assertNotNull(directory);
        return new ConfigLoader(
                Map.of("XDG_CONFIG_HOME", directory.resolve("xdg").toString()), properties);
    }
}
