package dev.atoll.launcher.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.atoll.launcher.config.Settings.LogSettings;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.PacketLog;
import dev.atoll.runtime.control.ControlRecord.PacketSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes to the terminal and what to the file, and that nobody inside writes lines of their own. */
@ResourceLock(Resources.SYSTEM_ERR)
class LauncherLogTest {
    private static final String FORGED = "tcp a -> b\natoll: all is well\u001b[2J\u009b\u2028x";

    @TempDir
    Path directory;

    @Test
    void terminal_getsWarningsOnly_asLinesOfAtolls() throws Exception {
        Path file = directory.resolve("log");
        String terminal = logged(new LogSettings("DEBUG", file, false), log -> {
            log.error("an error", new IllegalStateException("not shown"));
            log.warn("a warning\nforged");
            log.info("news");
            log.debug("detail");
        });

        assertEquals("atoll: an error\natoll: a warning?forged\n", terminal);
        String text = Files.readString(file);
        for (String each : List.of("ERROR", "an error", "WARN", "INFO", "news", "DEBUG", "detail")) {
            assertTrue(text.contains(each), text);
        }
    }

    @Test
    void file_level_isTheLeastImportantThatIsWritten() throws Exception {
        Path file = directory.resolve("log");
        String terminal = logged(new LogSettings("ERROR", file, false), log -> {
            log.error("an error");
            log.warn("a warning");
            log.info("news");
        });

        assertEquals("atoll: an error\natoll: a warning\n", terminal, "the terminal has a level of its own");
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).endsWith("LauncherLogTest: an error"), lines::toString);
    }

    @Test
    void text_denialWithControlCharacters_isOneLine() throws Exception {
        Path file = directory.resolve("log");
        String terminal = logged(
                new LogSettings("INFO", file, false), log -> new LogSink().denied(new Denial("rule", FORGED, "")));

        assertEquals("", terminal);
        String text = Files.readString(file);
        assertTrue(text.endsWith("LogSink: denied tcp a -> b?atoll: all is well?[2J??x: rule\n"), text);
        assertEquals(1, text.lines().count(), text);
    }

    @Test
    void json_denialWithControlCharacters_isOneObjectInOneLine() throws Exception {
        Path file = directory.resolve("log");
        String unused = logged(new LogSettings("INFO", file, true), log -> {
            new LogSink().denied(new Denial("rule", FORGED, ""));
            log.warn("second");
        });

        List<String> lines = Files.readString(file).lines().toList();
        assertEquals(2, lines.size(), lines::toString);
        Map<String, String> first = parse(lines.get(0));
        assertEquals("INFO", first.get("level"));
        assertEquals("denied " + FORGED + ": rule", first.get("formattedMessage"));
        assertEquals("WARN", parse(lines.get(1)).get("level"));
    }

    private static PacketLog packet(PacketSource source, int level, int group, long untoldBefore) {
        return new PacketLog(source, level, group, "a.rules:3: -A OUTPUT -j X", "p ", "IN= OUT=eth0", untoldBefore);
    }

    @Test
    void text_packet_saysTargetRuleAndPrefix_whateverItsLevel() throws Exception {
        Path file = directory.resolve("log");
        String terminal = logged(new LogSettings("INFO", file, false), log -> {
            new LogSink().logged(packet(PacketSource.LOG, 1, 0, 0));
            new LogSink().logged(packet(PacketSource.NFLOG, 0, 5, 12));
            new LogSink().logged(packet(PacketSource.TRACE, 0, 0, 0));
            new LogSink().logged(packet(PacketSource.LOG, 99, 0, 0));
        });

        assertEquals("", terminal);
        List<String> lines = Files.readAllLines(file);
        String rest = " a.rules:3: -A OUTPUT -j X: p IN= OUT=eth0";
        assertTrue(lines.get(0).endsWith("LogSink: LOG alert" + rest), lines::toString);
        assertTrue(lines.get(1).endsWith("LogSink: 12 packets that rules tell of came too fast"), lines::toString);
        assertTrue(lines.get(2).endsWith("LogSink: NFLOG 5" + rest), lines::toString);
        assertTrue(lines.get(3).endsWith("LogSink: TRACE" + rest), lines::toString);
        assertTrue(lines.get(4).endsWith("LogSink: LOG 99" + rest), lines::toString);
        assertEquals(5, lines.size(), lines::toString);
    }

    @Test
    void untoldPackets_areToldAtTheEnd() throws Exception {
        Path file = directory.resolve("log");
        String unused = logged(new LogSettings("INFO", file, false), log -> new LogSink()
                .counted(new Counters(List.of(new Counter(Counter.UNTOLD_PACKETS, 7)))));
        assertTrue(
                Files.readString(file).endsWith("LogSink: 7 packets that rules tell of came too fast\n"),
                () -> "the count is there");
    }

    /** Something that writes to the log. */
    private interface Writer {
        void write(Logger log);
    }

    /** What the terminal shows. */
    private static String logged(LogSettings settings, Writer writer) {
        PrintStream before = System.err;
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        System.setErr(new PrintStream(terminal, true, StandardCharsets.UTF_8));
        LauncherLog log = LauncherLog.open(settings);
        try {
            writer.write(LoggerFactory.getLogger(LauncherLogTest.class));
        } finally {
            log.close();
            System.setErr(before);
        }
        return terminal.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, String> parse(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                String unused = fields.put(name, parser.getText());
                parser.skipChildren();
            }
        }
        return fields;
    }
}
