package dev.atoll.stack.packetdrill;

import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the shell commands of a script mean here. They set sysctls of the kernel under test: those that have a
 * counterpart among the stack's options set that, those that change nothing a packet shows are passed over, and the
 * rest make the script one that cannot be run here.
 */
final class Preludes {
    private static final Pattern SETTING =
            Pattern.compile("(?:net[./]ipv4[./])(tcp_[a-z0-9_]+)\\s*=\\s*(\"[^\"]*\"|[^\\s\\\\]+)");

    /** Settings whose values here do not matter to scripts of features that exist. */
    private static final Set<String> INDIFFERENT = Set.of(
            "tcp_fastopen",
            "tcp_fastopen_key",
            "tcp_tso_win_divisor",
            "tcp_min_tso_segs",
            "tcp_ecn",
            "tcp_early_retrans",
            "tcp_no_metrics_save",
            "tcp_syncookies");

    private Preludes() {}

    /** A builder with the options that the commands before the first event set. */
    static StackBuilder builder(List<String> commands) throws ScriptFailure {
        for (String command : commands) {
            Matcher setting = SETTING.matcher(command);
            while (setting.find()) {
                if (!INDIFFERENT.contains(setting.group(1))) {
                    throw ScriptFailure.skip("sysctl " + setting.group(1) + "=" + setting.group(2));
                }
            }
        }
        return Stack.builder();
    }

    /** Commands between events change a running kernel; here they can only be passed over or refused. */
    static ScriptFailure refusal(String command) {
        return ScriptFailure.skip("the command `" + command + "` while the script runs");
    }
}
