package dev.atoll.launcher.jar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The top level of one JSON object, read strictly; values as texts, lists of them as "[a, b]", blocks as "{". */
record Json(Map<String, String> fields) {
    private static final long LIMIT_NS = 30_000_000_000L;

    /** Reads a file that holds one object. */
    static Json read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** The same for a file that a running launcher writes some time after its program has begun, whole at once. */
    static Json await(Path file) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!Files.exists(file) && System.nanoTime() - start < LIMIT_NS) {
            Thread.sleep(20);
        }
        return read(file);
    }

    static Json parse(String text) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            expect(parser.nextToken() == JsonToken.START_OBJECT, text);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                expect(fields.put(name, value(parser)) == null, text);
                parser.skipChildren();
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, text);
        }
        return new Json(fields);
    }

    private static String value(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return parser.getText();
        }
        List<String> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(parser.getText());
            parser.skipChildren();
        }
        return values.toString();
    }

    String text(String field) {
        return Objects.requireNonNull(fields.get(field), () -> field + " is missing in " + fields);
    }

    private static void expect(boolean condition, String text) {
        if (!condition) {
            throw new AssertionError("not one JSON object: " + text);
        }
    }
}
