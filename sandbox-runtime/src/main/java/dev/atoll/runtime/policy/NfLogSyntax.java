package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LogTarget.NfLog;
import dev.atoll.stack.filter.LogTarget.NfLog.Copy;
import dev.atoll.stack.filter.LogTarget.NfLog.Spelling;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j NFLOG}. */
final class NfLogSyntax extends TargetSyntax {
    private static final String GROUP = "nflog-group";
    private static final String PREFIX = "nflog-prefix";
    private static final String RANGE = "nflog-range";
    private static final String SIZE = "nflog-size";
    private static final String THRESHOLD = "nflog-threshold";
    private static final List<String> SIZES = List.of(RANGE, SIZE);
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of(GROUP, 1, false),
            OptionSpec.of(PREFIX, 1, false),
            OptionSpec.of(RANGE, 1, false),
            OptionSpec.of(SIZE, 1, false),
            OptionSpec.of(THRESHOLD, 1, false));

    NfLogSyntax() {
        super("NFLOG", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        int group = (int) number(used(GROUP), NfLog.MOST, line);
        String prefix = LogSyntax.prefix(used(PREFIX), NfLog.MAX_PREFIX_BYTES, line);
        int threshold = (int) number(used(THRESHOLD), NfLog.MOST, line);
        Use size = only(SIZES, line);
        long bytes = number(size, Copy.MOST, line);
        if (line.isBad() || prefix == null) {
            return null;
        }
        return new NfLog(group, prefix, copy(size, bytes), threshold);
    }

    private static @Nullable Copy copy(@Nullable Use use, long bytes) {
        if (use == null) {
            return null;
        }
        if (use.is(SIZE)) {
            return new Copy(Spelling.SIZE, bytes);
        }
        // A range of 0 is how the kernel says that there is none.
        return bytes == 0 ? null : new Copy(Spelling.RANGE, bytes);
    }

    /** 0 for no option; a number that is none was reported. */
    private static long number(@Nullable Use use, long most, Line line) {
        if (use == null) {
            return 0;
        }
        long number = Numbers.parse(use.argument().text(), most);
        if (number < 0) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no --" + use.option().name() + ", expected 0 to " + most);
        }
        return number;
    }

    static void print(NfLog target, RuleText out) {
        out.target("NFLOG");
        if (!target.prefix().isEmpty()) {
            out.option(false, PREFIX).quoted(target.prefix());
        }
        if (target.group() != 0) {
            out.option(false, GROUP).word(target.group());
        }
        Copy copy = target.copy();
        if (copy != null) {
            out.option(false, copy.spelling() == Spelling.SIZE ? SIZE : RANGE).word(copy.bytes());
        }
        if (target.threshold() != 0) {
            out.option(false, THRESHOLD).word(target.threshold());
        }
    }
}
