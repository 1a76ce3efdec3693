package dev.atoll.launcher.cli;

import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of {@code reload}. */
@Parameters(
        commandDescription =
                "Have a run read its policy again: reload [RUN], the launcher's process id or the run's status file")
final class ReloadOptions extends PlainOptions {
    /** The run, if one is named. */
    @Nullable String run() {
        return unknown.isEmpty() ? null : unknown.get(0);
    }

    /** The words that are no run. */
    List<String> outOfPlace() {
        List<String> words = new ArrayList<>();
        for (String word : unknown) {
            if (word.startsWith("-")) {
                words.add(word);
            }
        }
        return words.isEmpty() && unknown.size() > 1 ? unknown.subList(1, unknown.size()) : words;
    }
}
