package dev.atoll.launcher.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code --status-file}: the run as one JSON object, replaced as a whole so that a reader never sees half of it. */
public final class StatusFile implements ReportSink {
    private final Path file;

    public StatusFile(Path file) {
        this.file = file;
    }

    @Override
    public void report(RunReport run) throws IOException {
        Path whole = file.toAbsolutePath();
        Path draft = whole.resolveSibling(whole.getFileName() + ".tmp");
        Files.writeString(draft, json(run));
        Files.move(draft, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static String json(RunReport run) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("state", run.state().name().toLowerCase(Locale.ROOT));
            json.writeArrayFieldStart("command");
            for (String word : run.command()) {
                json.writeString(word);
            }
            json.writeEndArray();
            if (run.pid().isPresent()) {
                json.writeNumberField("pid", run.pid().getAsLong());
            }
            json.writeStringField("link", run.link());
            writeText(json, "address", run.address());
            writeText(json, "router", run.router());
            writeText(json, "policy", run.policy());
            json.writeBooleanField("filtered", run.policy() != null);
            if (run.exitCode().isPresent()) {
                json.writeNumberField("exitCode", run.exitCode().getAsInt());
            }
            writeText(json, "reason", run.reason());
            json.writeNumberField("denials", run.denials());
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void writeText(JsonGenerator json, String field, @Nullable String value) throws IOException {
        if (value == null) {
            json.writeNullField(field);
        } else {
            json.writeStringField(field, value);
        }
    }
}
