package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.filter.LogTarget.Log;
import dev.atoll.stack.filter.StandardTarget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j LOG}: levels by their whole names or numbers. */
final class LogSyntax extends TargetSyntax {
    private static final String LEVEL = "log-level";
    private static final String PREFIX = "log-prefix";
    private static final String TCP_SEQUENCE = "log-tcp-sequence";
    private static final String TCP_OPTIONS = "log-tcp-options";
    private static final String IP_OPTIONS = "log-ip-options";
    private static final String OWNER = "log-uid";
    private static final String LINK_HEADER = "log-macdecode";
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of(LEVEL, 1, false),
            OptionSpec.of(PREFIX, 1, false),
            OptionSpec.of(TCP_SEQUENCE, 0, false),
            OptionSpec.of(TCP_OPTIONS, 0, false),
            OptionSpec.of(IP_OPTIONS, 0, false),
            OptionSpec.of(OWNER, 0, false),
            OptionSpec.of(LINK_HEADER, 0, false));

    /** The old name of the most urgent level. */
    private static final String PANIC = "panic";

    private static final int LAST_LEVEL = Log.LEVELS.size() - 1;

    LogSyntax() {
        super("LOG", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        int level = level(line);
        String prefix = prefix(used(PREFIX), Log.MAX_PREFIX_BYTES, line);
        LogDetails details = new LogDetails(
                used(TCP_SEQUENCE) != null,
                used(TCP_OPTIONS) != null,
                used(IP_OPTIONS) != null,
                used(OWNER) != null,
                used(LINK_HEADER) != null);
        return level < 0 || prefix == null ? null : new Log(level, prefix, details);
    }

    private int level(Line line) {
        Use use = used(LEVEL);
        if (use == null) {
            return Log.WARNING;
        }
        String text = use.argument().text();
        int level = text.equals(PANIC) ? 0 : Log.LEVELS.indexOf(text);
        if (level < 0) {
            level = (int) Numbers.parse(text, LAST_LEVEL);
        }
        if (level < 0) {
            line.error(
                    use.argument(),
                    "unknown --log-level \"" + text + "\", expected " + String.join(", ", Log.LEVELS) + ", or 0 to "
                            + LAST_LEVEL,
                    closestLevel(text));
        }
        return level;
    }

    private static @Nullable String closestLevel(String text) {
        return switch (text) {
            // What syslog.conf has for them.
            case "err" -> "error";
            case "warn" -> "warning";
            default -> Suggestion.closest(text, Log.LEVELS);
        };
    }

    /** What is put before a packet; "" for no option, null for a wrong one, which was reported. */
    static @Nullable String prefix(@Nullable Use use, int mostBytes, Line line) {
        if (use == null) {
            return "";
        }
        Word word = use.argument();
        byte[] bytes = word.text().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            line.error(word, "a prefix has at least 1 character");
            return null;
        }
        if (bytes.length > mostBytes) {
            String kept = new String(Arrays.copyOf(bytes, mostBytes), StandardCharsets.UTF_8);
            line.error(
                    word,
                    "the prefix has " + bytes.length + " bytes, at most " + mostBytes + " fit: Linux would keep \""
                            + kept + "\"");
            return null;
        }
        return word.text();
    }

    static void print(Log target, RuleText out) {
        out.target("LOG");
        if (!target.prefix().isEmpty()) {
            out.option(false, PREFIX).quoted(target.prefix());
        }
        if (target.level() != Log.WARNING) {
            out.option(false, LEVEL).word(target.level());
        }
        LogDetails details = target.details();
        flag(details.tcpSequence(), TCP_SEQUENCE, out);
        flag(details.tcpOptions(), TCP_OPTIONS, out);
        flag(details.ipOptions(), IP_OPTIONS, out);
        flag(details.owner(), OWNER, out);
        flag(details.linkHeader(), LINK_HEADER, out);
    }

    private static void flag(boolean set, String option, RuleText out) {
        if (set) {
            out.option(false, option);
        }
    }
}
