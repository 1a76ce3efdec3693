package dev.atoll.launcher.cli;

import com.beust.jcommander.Parameter;
import java.util.ArrayList;
import java.util.List;

/** The options of a command that has none of its own. */
class PlainOptions {
    @Parameter(
            names = {"--help", "-h"},
            description = "Show this",
            help = true)
    boolean help;

    @Parameter(hidden = true)
    List<String> unknown = new ArrayList<>();
}
