package dev.atoll.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line means, and what a mistake in it is called. */
class CommandLineTest {
    @Test
    void run_everyOption_isTheSettingOfItsName() throws Exception {
        CommandLine.Run run = assertInstanceOf(
                CommandLine.Run.class,
                parse("run --link tap:x --address 10.0.0.2/24 --router 10.0.0.1 --dns 10.0.0.3 --policy p --config c"
                        + " --pcap f --status-file s --timeout 30s -- java -version"));

        assertEquals(
                Map.of(
                        "atoll.link", "tap:x",
                        "atoll.address", "10.0.0.2/24",
                        "atoll.router", "10.0.0.1",
                        "atoll.dns", "10.0.0.3",
                        "atoll.policy", "p",
                        "atoll.pcap", "f",
                        "atoll.status-file", "s",
                        "atoll.timeout", "30s"),
                run.options().settings());
        assertEquals("c", run.options().config());
        assertEquals(List.of("java", "-version"), run.command());
    }

    @Test
    void run_whatIsToldOfDenials_isAFlagEach() throws Exception {
        CommandLine.Run run =
                assertInstanceOf(CommandLine.Run.class, parse("run --quiet --plain-errors --fail-on-denial -- java"));
        assertEquals(
                Map.of("atoll.denial-lines", "false", "atoll.plain-errors", "true", "atoll.fail-on-denial", "true"),
                run.options().settings());
    }

    @Test
    void run_valueBehindEqualsSign_isTaken() throws Exception {
        CommandLine.Run run =
                assertInstanceOf(CommandLine.Run.class, parse("run --link=stream --policy=a=b -- java --x=y"));

        assertEquals(
                Map.of("atoll.link", "stream", "atoll.policy", "a=b"),
                run.options().settings());
        CommandLine.Run two = assertInstanceOf(CommandLine.Run.class, parse("run --policy a,b --policy=c -- java"));
        assertEquals(Map.of("atoll.policy", List.of("a,b", "c")), two.options().settings());
        assertEquals(List.of("java", "--x=y"), run.command());
    }

    @Test
    void run_severalNameServers_areAListInTheirOrder() throws Exception {
        CommandLine.Run run =
                assertInstanceOf(CommandLine.Run.class, parse("run --dns strict:10.0.0.2 --dns 10.0.0.1 -- java"));
        assertEquals(
                Map.of("atoll.dns", List.of("strict:10.0.0.2", "10.0.0.1")),
                run.options().settings());
    }

    @Test
    void run_debug_mayStandWithoutAPort() throws Exception {
        CommandLine.Run alone =
                assertInstanceOf(CommandLine.Run.class, parse("run --debug --debug-suspend -- java --debug"));
        assertEquals(
                Map.of("atoll.debug", "0", "atoll.debug-suspend", "true"),
                alone.options().settings());
        assertEquals(List.of("java", "--debug"), alone.command());
        CommandLine.Run given = assertInstanceOf(CommandLine.Run.class, parse("run --debug=5005 -- java"));
        assertEquals(Map.of("atoll.debug", "5005"), given.options().settings());
    }

    @Test
    void run_searchDomainsAndResolverOptions_areLists() throws Exception {
        CommandLine.Run run = assertInstanceOf(
                CommandLine.Run.class,
                parse("run --dns-search a.example --dns-search=b.example --dns-option ndots:2 -- java"));
        assertEquals(
                Map.of("atoll.dns-search", List.of("a.example", "b.example"), "atoll.dns-option", "ndots:2"),
                run.options().settings());
    }

    @Test
    void run_everythingBehindTheSeparator_isUntouched() throws Exception {
        CommandLine.Run run = assertInstanceOf(
                CommandLine.Run.class, parse("run -- java --help -- --link tap --version @file --timeout=1"));

        assertEquals(
                List.of("java", "--help", "--", "--link", "tap", "--version", "@file", "--timeout=1"), run.command());
        assertEquals(Map.of(), run.options().settings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --polcy x -- java     | run: there is no option \"--polcy\", did you mean \"--policy\"?",
                "run --polcy=x -- java     | run: there is no option \"--polcy\", did you mean \"--policy\"?",
                "run --zzzzzz -- java      | run: there is no option \"--zzzzzz\"; run --help lists what there is",
                "run java -jar app.jar     | run: \"java\" is out of place; the program's command goes after \"--\"",
                "run --link -- java        | run: expected a value after parameter --link",
                "run --link a --link b --  | run: can only specify option --link once.",
            })
    void run_mistake_isOneLineWithWhatWasMeant(String arguments, String line) throws Exception {
        CommandLine.Refused refused = assertInstanceOf(CommandLine.Refused.class, parse(arguments));

        assertEquals(line, refused.reason().line());
        assertEquals(ExitCode.CONFIGURATION, refused.reason().exitCode());
    }

    /** The status of a run that was refused goes where the rest of the command line says. */
    @Test
    void run_mistake_leavesWhatCouldBeRead() throws Exception {
        CommandLine.Refused refused =
                assertInstanceOf(CommandLine.Refused.class, parse("run --polcy --status-file s -- java"));

        assertEquals(Map.of("atoll.status-file", "s"), refused.options().settings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''               | no command; there are run, reload, demo, doctor, config, policy",
                "rnu              | there is no command \"rnu\", did you mean \"run\"?",
                "--versoin        | there is no option \"--versoin\", did you mean \"--version\"?",
                "xyzzy            | there is no command \"xyzzy\"; --help lists what there is",
                "doctor now       | doctor: \"now\" is out of place",
                "config --confg x | config: there is no option \"--confg\", did you mean \"--config\"?",
                "demo -- java     | demo: takes no program; \"--\" is for run",
                "policy           | policy: what about it? There are check, explain, test, diff, convert, learn",
                "policy xyzzy     | policy: there is no command \"xyzzy\"; there are check, explain, test, diff, convert, learn",
                "policy check a -- java | policy: takes no program; \"--\" is for run",
                "policy diff a    | policy diff: expected policy diff BEFORE AFTER",
            })
    void otherCommands_mistake_isOneLine(String arguments, String line) {
        LaunchException failure = assertThrows(LaunchException.class, () -> parse(arguments));

        assertEquals(line, failure.line());
        assertEquals(ExitCode.CONFIGURATION, failure.exitCode());
    }

    @Test
    void help_listsCommandsOptionsExitCodesAndWhatToDoAboutSigquit() throws Exception {
        String all = assertInstanceOf(CommandLine.Show.class, parse("--help")).text();
        for (String word : List.of(
                "run", "reload", "demo", "doctor", "config", "policy", "--version", "SIGQUIT", "jcmd", "124", "127")) {
            assertTrue(all.contains(word), () -> word + " in " + all);
        }
        String run =
                assertInstanceOf(CommandLine.Show.class, parse("run --help")).text();
        for (String option : CommandLine.names(new RunOptions())) {
            assertTrue(run.contains(option), () -> option + " in " + run);
        }
        assertInstanceOf(CommandLine.Show.class, parse("run --link stream -h -- java"));
        assertTrue(assertInstanceOf(CommandLine.Show.class, parse("--version"))
                .text()
                .startsWith("atoll "));
    }

    private static CommandLine.Request parse(String arguments) throws LaunchException {
        return CommandLine.parse(arguments.isEmpty() ? new String[0] : arguments.split(" +"));
    }
}
