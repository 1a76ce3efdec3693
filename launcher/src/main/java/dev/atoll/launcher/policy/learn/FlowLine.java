package dev.atoll.launcher.policy.learn;

import dev.atoll.launcher.Terminal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One line of a flow log: an object in JSON (RFC 8259) of which a few fields are wanted and the others only have to be in order.
 *
 * <p>Reads bytes where they lie and makes nothing of them, since logs have millions of lines: {@link #read} leaves the places
 * of the wanted fields, valid until the bytes change. One thread.
 */
final class FlowLine {
    /** The wanted fields. */
    enum Field {
        VERSION(0, "version"),
        VERDICT(1, "verdict"),
        DIRECTION(2, "direction"),
        PROTOCOL(3, "protocol"),
        SOURCE(4, "source"),
        DESTINATION(5, "destination"),
        DESTINATION_PORT(6, "destinationPort"),
        NAME(7, "name"),
        BYTES_OUT(8, "bytesOut"),
        BYTES_IN(9, "bytesIn");

        /** Its place among them. */
        private final int index;

        private final String key;

        Field(int index, String key) {
            this.index = index;
            this.key = key;
        }

        String key() {
            return key;
        }
    }

    /** What stands in a field. */
    private enum Kind {
        ABSENT,
        TEXT,
        NUMBER,
        NULL
    }

    private static final Field[] FIELDS = Field.values();
    private static final byte[][] KEYS = new byte[FIELDS.length][];

    static {
        for (Field field : FIELDS) {
            KEYS[field.index] = field.key().getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Objects and lists in one another; a record has two. */
    private static final int MAX_DEPTH = 16;

    private final int[] from = new int[FIELDS.length];
    private final int[] to = new int[FIELDS.length];
    private final Kind[] kinds = new Kind[FIELDS.length];
    private byte[] bytes = new byte[0];
    private int start;
    private int end;
    private int at;

    /**
     * Reads a line without its end.
     *
     * @throws MalformedFlowException if it is not one object in JSON
     */
    void read(byte[] line, int lineStart, int lineEnd) throws MalformedFlowException {
        bytes = line;
        start = lineStart;
        end = lineEnd;
        at = lineStart;
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = Kind.ABSENT;
        }
        skipBlanks();
        object(1, true);
        skipBlanks();
        if (at < end) {
            throw wrong(at, "the line goes on behind its object");
        }
    }

    // --- What was found

    /** A field that has to be there, as text. */
    String text(Field field) throws MalformedFlowException {
        String text = optionalText(field);
        if (text == null) {
            throw missing(field);
        }
        return text;
    }

    /** A field that may be missing or null. */
    @Nullable String optionalText(Field field) throws MalformedFlowException {
        int i = field.index;
        if (kinds[i] == Kind.NUMBER) {
            throw wrong(from[i], field.key() + " is a number, expected a text");
        }
        return kinds[i] == Kind.TEXT ? new String(bytes, from[i], to[i] - from[i], StandardCharsets.UTF_8) : null;
    }

    /** A number that is not negative; 0 if it is missing or null. */
    long number(Field field) throws MalformedFlowException {
        int i = field.index;
        if (kinds[i] == Kind.TEXT) {
            throw wrong(from[i], field.key() + " is a text, expected a number");
        }
        long number = 0;
        for (int j = from[i]; kinds[i] == Kind.NUMBER && j < to[i]; j++) {
            int digit = bytes[j] - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                throw wrong(from[i], field.key() + " is no whole number from 0 on");
            }
            number = 10 * number + digit;
        }
        return number;
    }

    boolean has(Field field) {
        Kind kind = kinds[field.index];
        return kind == Kind.TEXT || kind == Kind.NUMBER;
    }

    /** Whether the field is that text. */
    boolean is(Field field, byte[] text) {
        int i = field.index;
        return kinds[i] == Kind.TEXT && isAt(from[i], to[i], text);
    }

    /** Copies a field, as it stands, and gives where its copy ends; nothing if it is not there. */
    int copy(Field field, byte[] target, int position) {
        int i = field.index;
        if (!has(field)) {
            return position;
        }
        System.arraycopy(bytes, from[i], target, position, to[i] - from[i]);
        return position + to[i] - from[i];
    }

    /** How long a field is, in bytes. */
    int length(Field field) {
        return has(field) ? to[field.index] - from[field.index] : 0;
    }

    MalformedFlowException missing(Field field) {
        return wrong(start, "the record has no " + field.key());
    }

    MalformedFlowException unexpected(Field field, String expected) throws MalformedFlowException {
        int i = field.index;
        String found = new String(bytes, from[i], to[i] - from[i], StandardCharsets.UTF_8);
        return wrong(from[i], field.key() + " is \"" + Terminal.printable(found) + "\", expected " + expected);
    }

    // --- JSON

    private void object(int depth, boolean wanted) throws MalformedFlowException {
        if (at == end || bytes[at] != '{') {
            throw wrong(at, "expected { and the fields of a record");
        }
        at++;
        skipBlanks();
        if (at < end && bytes[at] == '}') {
            at++;
            return;
        }
        while (true) {
            skipBlanks();
            int keyFrom = at + 1;
            boolean plain = string();
            int field = wanted && plain ? field(keyFrom, at - 1) : -1;
            skipBlanks();
            expect(':');
            skipBlanks();
            value(depth, field);
            skipBlanks();
            if (at < end && bytes[at] == ',') {
                at++;
                continue;
            }
            expect('}');
            return;
        }
    }

    private void list(int depth) throws MalformedFlowException {
        at++;
        skipBlanks();
        if (at < end && bytes[at] == ']') {
            at++;
            return;
        }
        while (true) {
            skipBlanks();
            value(depth, -1);
            skipBlanks();
            if (at < end && bytes[at] == ',') {
                at++;
                continue;
            }
            expect(']');
            return;
        }
    }

    /** A value, noted if it is a wanted field's. */
    private void value(int depth, int field) throws MalformedFlowException {
        if (depth > MAX_DEPTH) {
            throw wrong(at, "more than " + MAX_DEPTH + " objects and lists in one another");
        }
        int first = at == end ? -1 : bytes[at];
        int valueFrom = at;
        switch (first) {
            case '"':
                boolean plain = string();
                if (field >= 0 && !plain) {
                    throw wrong(valueFrom, FIELDS[field].key() + " has a \\ in it, which none has");
                }
                note(field, Kind.TEXT, valueFrom + 1, at - 1);
                break;
            case '{':
                refuse(field);
                object(depth + 1, false);
                break;
            case '[':
                refuse(field);
                list(depth + 1);
                break;
            case 't':
                refuse(field);
                word("true");
                break;
            case 'f':
                refuse(field);
                word("false");
                break;
            case 'n':
                word("null");
                note(field, Kind.NULL, valueFrom, at);
                break;
            default:
                number();
                note(field, Kind.NUMBER, valueFrom, at);
                break;
        }
    }

    private void refuse(int field) throws MalformedFlowException {
        if (field >= 0) {
            throw wrong(at, FIELDS[field].key() + " is neither a text nor a number");
        }
    }

    private void note(int field, Kind kind, int valueFrom, int valueTo) throws MalformedFlowException {
        if (field < 0) {
            return;
        }
        if (kinds[field] != Kind.ABSENT) {
            throw wrong(valueFrom, FIELDS[field].key() + " is there twice");
        }
        kinds[field] = kind;
        from[field] = valueFrom;
        to[field] = valueTo;
    }

    /** Passes a string; false if something in it is escaped. */
    private boolean string() throws MalformedFlowException {
        if (at == end || bytes[at] != '"') {
            throw wrong(at, "expected a text in quotes");
        }
        boolean plain = true;
        int i = at + 1;
        while (i < end && bytes[i] != '"') {
            if (bytes[i] == '\\') {
                plain = false;
                i++;
            } else if (bytes[i] >= 0 && bytes[i] < ' ') {
                throw wrong(i, "a control character in a text");
            }
            i++;
        }
        if (i >= end) {
            throw wrong(at, "the line ends in the text that begins here");
        }
        at = i + 1;
        return plain;
    }

    private void number() throws MalformedFlowException {
        int from = at;
        while (at < end && isOfNumber(bytes[at])) {
            at++;
        }
        if (at == from) {
            throw wrong(at, at == end ? "the line ends where a value should stand" : "expected a value");
        }
    }

    private static boolean isOfNumber(byte each) {
        return (each >= '0' && each <= '9') || each == '-' || each == '+' || each == '.' || each == 'e' || each == 'E';
    }

    private void word(String word) throws MalformedFlowException {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || bytes[at + i] != word.charAt(i)) {
                throw wrong(at, "expected " + word);
            }
        }
        at += word.length();
    }

    private void expect(char what) throws MalformedFlowException {
        if (at == end || bytes[at] != what) {
            throw wrong(at, "expected " + what + (at == end ? ", and the line ends" : ""));
        }
        at++;
    }

    private void skipBlanks() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at++;
        }
    }

    private int field(int keyFrom, int keyTo) {
        for (int i = 0; i < KEYS.length; i++) {
            if (isAt(keyFrom, keyTo, KEYS[i])) {
                return i;
            }
        }
        return -1;
    }

    private boolean isAt(int textFrom, int textTo, byte[] text) {
        if (textTo - textFrom != text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[textFrom + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private MalformedFlowException wrong(int position, String text) {
        return new MalformedFlowException(position - start + 1, text);
    }
}
