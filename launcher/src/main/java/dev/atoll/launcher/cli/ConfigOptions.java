package dev.atoll.launcher.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of {@code config}. */
@Parameters(separators = "=", commandDescription = "Show every setting, its value in force and where it comes from")
final class ConfigOptions {
    @Parameter(names = "--config", description = "A configuration file")
    @Nullable String config;

    @Parameter(
            names = {"--help", "-h"},
            description = "Show this",
            help = true)
    boolean help;

    @Parameter(hidden = true)
    List<String> unknown = new ArrayList<>();
}
