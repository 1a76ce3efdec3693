package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.stack.filter.Origin;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Prints what a command has found as one JSON object. */
final class JsonText {
    private static final int VERSION = 1;

    /** Writes the fields of the object. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private JsonText() {}

    static void print(PrintStream out, Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            // A string in memory takes everything.
            throw new UncheckedIOException(e);
        }
        out.println(text);
    }

    /** A rule or policy and where it was written. */
    static void write(JsonGenerator json, Origin origin) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", origin.source());
        json.writeNumberField("line", origin.line());
        json.writeStringField("text", origin.text());
        json.writeEndObject();
    }
}
