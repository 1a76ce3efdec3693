package dev.atoll.launcher.doctor;

import dev.atoll.launcher.start.Tools.Tool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A host of a test's choice: an ordinary user's, with every tool below {@code /usr/bin} and no file that is not given. */
final class MadeUpHost implements Host {
    private final Map<String, String> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private final List<String> absentTools = new ArrayList<>();
    private Function<List<String>, Run> programs = command -> new Run(Run.NOT_RUN, command.get(0) + ": not expected");
    private int userId = 1000;

    /** The last command that was run. */
    List<String> command = List.of();

    MadeUpHost file(String name, String text) {
        files.put(name, text);
        return this;
    }

    MadeUpHost link(String name, String target) {
        links.put(name, target);
        return this;
    }

    MadeUpHost without(Tool tool) {
        absentTools.add(tool.name());
        return this;
    }

    /** Every program ends so. */
    MadeUpHost programsEnd(int exitCode, String output) {
        programs = command -> new Run(exitCode, output);
        return this;
    }

    MadeUpHost user(int id) {
        userId = id;
        return this;
    }

    @Override
    public Optional<String> read(String file) {
        return Optional.ofNullable(files.get(file));
    }

    @Override
    public Optional<String> linkTarget(String link) {
        return Optional.ofNullable(links.get(link));
    }

    @Override
    public Optional<String> find(Tool tool) {
        return absentTools.contains(tool.name()) ? Optional.empty() : Optional.of("/usr/bin/" + tool.name());
    }

    @Override
    public Run run(List<String> words) {
        command = words;
        return programs.apply(words);
    }

    @Override
    public int userId() {
        return userId;
    }
}
