package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.launcher.policy.trace.Explanation;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.options.SocketCaller;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A case that stands in a policy: {@code # test: connect 192.0.2.7:443 -> accept}.
 *
 * @param origin where, and the line
 * @param text without the beginning that makes it a case
 * @param expected what is to become of the connection
 */
record PolicyCase(Origin origin, String text, ConnectionSpec connection, Expected expected) {
    private static final Pattern BEGINNING = Pattern.compile("#\\s*test:");
    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final String FORM =
            "expected connect HOST:PORT [udp] [from ADDRESS] [as USER] [by CODE] -> accept, reject or drop";

    /** Words that stand for a result. */
    enum Kind {
        ACCEPT,
        REJECT,
        DROP,
        /** Rejected or dropped. */
        DENIED
    }

    /**
     * What is to become of a connection.
     *
     * @param with how it is rejected; null for any way
     */
    record Expected(Kind kind, @Nullable RejectWith with) {
        boolean isMetBy(Explanation explanation) {
            boolean accepted = explanation.result() == Explanation.Result.ACCEPT;
            if (kind == Kind.DENIED) {
                return !accepted;
            }
            return kind.name().equals(explanation.result().name())
                    && (with == null || with == explanation.rejectWith());
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(Locale.ROOT) + (with == null ? "" : " " + with.optionName());
        }
    }

    /** The cases of a text; what is no case but should be one goes to {@code errors}. */
    static List<PolicyCase> read(WrittenPolicy policy, List<PolicyError> errors) {
        List<PolicyCase> cases = new ArrayList<>();
        for (HoconPolicy.Case written : policy.hoconCases()) {
            Origin place = written.place();
            add(new Reader(place.source(), place.line(), place.text(), 0).read(errors), cases);
        }
        for (PolicyText text : policy.texts()) {
            if (!HoconPolicy.isHocon(text.source())) {
                read(text.source(), policy.lines(text.source()), cases, errors);
            }
        }
        return cases;
    }

    private static void read(String source, List<String> lines, List<PolicyCase> cases, List<PolicyError> errors) {
        for (int i = 0; i < lines.size(); i++) {
            Matcher beginning = BEGINNING.matcher(lines.get(i));
            if (beginning.lookingAt()) {
                Reader reader = new Reader(source, i + 1, lines.get(i), beginning.end());
                add(reader.read(errors), cases);
            }
        }
    }

    private static void add(@Nullable PolicyCase read, List<PolicyCase> cases) {
        if (read != null) {
            cases.add(read);
        }
    }

    /** Reads one line. */
    private static final class Reader {
        private final String source;
        private final int number;
        private final String line;
        private final Matcher words;
        private int column;
        private int width = 1;
        private final int begins;

        Reader(String source, int number, String line, int from) {
            this.source = source;
            this.number = number;
            this.line = line;
            words = WORD.matcher(line);
            words.region(from, line.length());
            column = from + 1;
            begins = from;
        }

        @Nullable PolicyCase read(List<PolicyError> errors) {
            try {
                return read();
            } catch (ConnectionSpec.MalformedException e) {
                errors.add(new PolicyError(source, number, column, width, e.text(), null, line));
                return null;
            }
        }

        private PolicyCase read() throws ConnectionSpec.MalformedException {
            String verb = next();
            boolean outgoing = verb.equals(ConnectionSpec.CONNECT);
            if (!outgoing && !verb.equals(ConnectionSpec.ACCEPT)) {
                throw new ConnectionSpec.MalformedException("\"" + verb + "\" is no case, " + FORM);
            }
            String to = next();
            String protocol = "tcp";
            String from = null;
            String as = null;
            SocketCaller caller = SocketCaller.UNKNOWN;
            String word = next();
            while (!word.equals("->")) {
                if (word.equals("from")) {
                    from = next();
                } else if (word.equals("as")) {
                    as = next();
                } else if (word.equals("by")) {
                    caller = CallerText.of(next());
                } else {
                    protocol = word;
                }
                ConnectionSpec.protocol(protocol);
                word = next();
            }
            ConnectionSpec connection =
                    new ConnectionSpec(outgoing, ConnectionSpec.protocol(protocol), to, from, as, caller);
            Expected expected = expected(next());
            if (words.find()) {
                mark();
                throw new ConnectionSpec.MalformedException("unexpected \"" + words.group() + "\", " + FORM);
            }
            String text = line.substring(begins).strip();
            return new PolicyCase(new Origin(source, number, line), text, connection, expected);
        }

        private Expected expected(String word) throws ConnectionSpec.MalformedException {
            for (Kind kind : Kind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return new Expected(kind, kind == Kind.REJECT && !isEnd() ? rejectWith(next()) : null);
                }
            }
            throw new ConnectionSpec.MalformedException(
                    "\"" + word + "\" is no outcome, expected accept, reject, drop or denied");
        }

        private static RejectWith rejectWith(String word) throws ConnectionSpec.MalformedException {
            for (RejectWith with : RejectWith.values()) {
                if (with.optionName().equals(word)) {
                    return with;
                }
            }
            throw new ConnectionSpec.MalformedException(
                    "\"" + word + "\" is no way to reject, expected one that" + " --reject-with has");
        }

        private boolean isEnd() {
            return line.substring(words.end()).isBlank();
        }

        private String next() throws ConnectionSpec.MalformedException {
            if (!words.find()) {
                column = line.stripTrailing().length() + 1;
                width = 1;
                throw new ConnectionSpec.MalformedException("the line ends here, " + FORM);
            }
            mark();
            return words.group();
        }

        private void mark() {
            column = words.start() + 1;
            width = words.end() - words.start();
        }
    }
}
