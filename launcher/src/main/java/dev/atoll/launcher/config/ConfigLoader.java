package dev.atoll.launcher.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts the settings together from all the places they can be in. Each place is checked by itself, so that an error names
 * the file and line where it is and not a default that hides it.
 */
public final class ConfigLoader {
    /** The resource with the defaults. */
    static final String REFERENCE = "reference.conf";

    private static final String ROOT = "atoll";
    private static final String COMMAND_LINE = "command line";

    /** The defaults, read when first needed: whoever needs them while another thread reads waits for it. */
    private static final class Reference {
        static final Config CONFIG = read(REFERENCE);

        /** By a reader: of a resource's URL the library would ask the type of content, which loads a table of types. */
        private static Config read(String name) {
            try (InputStream in = ConfigLoader.class.getResourceAsStream("/" + name)) {
                if (in == null) {
                    throw new IOException("it is not there");
                }
                return ConfigFactory.parseReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8),
                        ConfigParseOptions.defaults().setOriginDescription(name));
            } catch (IOException e) {
                throw new UncheckedIOException("atoll.jar is not whole, " + name + " cannot be read", e);
            }
        }
    }

    /** Reads the defaults; for a thread that has nothing better to do while the launcher starts. */
    public static void warmUp() {
        Config unused = Reference.CONFIG.resolve();
    }

    private final Map<String, String> environment;
    private final Properties properties;

    /**
     * @param environment for the place of the user's file
     * @param properties for {@code -Datoll.NAME=VALUE}
     */
    public ConfigLoader(Map<String, String> environment, Properties properties) {
        this.environment = environment;
        this.properties = properties;
    }

    /**
     * Loads and checks everything.
     *
     * @param commandLine name of a setting to its text or list of texts
     * @param file what {@code --config} names, or null
     * @throws LaunchException with the place of the first error
     */
    public EffectiveConfig load(Map<String, ?> commandLine, @Nullable String file) throws LaunchException {
        Config reference = Reference.CONFIG;
        List<Config> layers = new ArrayList<>();
        layers.add(fromTexts(commandLine, COMMAND_LINE));
        layers.add(fromProperties());
        if (file != null) {
            layers.add(resolved(fromFile(Path.of(file), true), reference));
        }
        layers.add(resolved(fromFile(userFile(), false), reference));
        layers.add(reference);

        Config all = ConfigFactory.empty();
        for (Config layer : layers) {
            refuseUnknown("", layer.root());
            all = all.withFallback(layer);
        }
        List<Path> files = file == null ? List.of(userFile()) : List.of(Path.of(file), userFile());
        return new EffectiveConfig(all, reference, files);
    }

    /**
     * Only what the command line, {@code -D} and the defaults say, for the status of a run whose files are wrong.
     *
     * @param commandLine name of a setting to its text or list of texts
     */
    public EffectiveConfig loadWithoutFiles(Map<String, ?> commandLine) {
        String key = Setting.STATUS_FILE.key();
        String property = properties.getProperty(key);
        Map<String, String> given = property == null ? Map.of() : Map.of(key, property);
        Config reference = Reference.CONFIG;
        Config all = fromTexts(commandLine, COMMAND_LINE)
                .withFallback(fromTexts(given, null))
                .withFallback(reference);
        return new EffectiveConfig(all, reference);
    }

    /** A file may use its own values, the defaults and environment variables as {@code ${NAME}}. */
    private static Config resolved(Config layer, Config reference) throws LaunchException {
        try {
            return layer.resolveWith(layer.withFallback(reference));
        } catch (ConfigException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, message(e), e);
        }
    }

    private Config fromProperties() throws LaunchException {
        Map<String, String> given = new TreeMap<>();
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (name.startsWith(ROOT + ".")) {
                if (Setting.of(name) == null) {
                    throw unknown(name, "-D" + name);
                }
                given.put(name, properties.getProperty(name));
            }
        }
        return fromTexts(given, null);
    }

    /**
     * Settings given one by one.
     *
     * @param origin where, or null for properties, of which each is its own
     */
    private static Config fromTexts(Map<String, ?> texts, @Nullable String origin) {
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, ?> entry : texts.entrySet()) {
            config = config.withValue(
                    entry.getKey(),
                    ConfigValueFactory.fromAnyRef(entry.getValue(), origin == null ? "-D" + entry.getKey() : origin));
        }
        return config;
    }

    private static Config fromFile(Path file, boolean required) throws LaunchException {
        if (!Files.exists(file)) {
            if (required) {
                throw new LaunchException(ExitCode.CONFIGURATION, "config: there is no file " + file);
            }
            return ConfigFactory.empty();
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new LaunchException(ExitCode.CONFIGURATION, "config: " + file + " is not a file that can be read");
        }
        try {
            return ConfigFactory.parseFile(file.toFile());
        } catch (ConfigException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, message(e), e);
        }
    }

    /** The XDG base directory specification's place for it. */
    private Path userFile() {
        String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path directory =
                base.startsWith("/") ? Path.of(base) : Path.of(properties.getProperty("user.home", "/"), ".config");
        return directory.resolve("atoll").resolve("atoll.conf");
    }

    /** Everything in the file is a setting with a value, or a block that holds settings. */
    private static void refuseUnknown(String block, ConfigObject entries) throws LaunchException {
        for (Map.Entry<String, ConfigValue> entry : entries.entrySet()) {
            String key = block.isEmpty() ? entry.getKey() : block + "." + entry.getKey();
            ConfigValue value = entry.getValue();
            Setting setting = Setting.of(key);
            if (setting == null && !Setting.isBlock(key)) {
                throw unknown(key, place(value.origin()));
            }
            if (setting != null) {
                // A null would hide the default below it.
                if (value.valueType() == ConfigValueType.NULL || value instanceof ConfigObject) {
                    throw EffectiveConfig.unexpected(setting, value);
                }
            } else if (value instanceof ConfigObject inner) {
                refuseUnknown(key, inner);
            } else {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        place(value.origin()) + ": " + key + " is " + value.render()
                                + ", expected is a block of settings");
            }
        }
    }

    private static LaunchException unknown(String key, String place) {
        return new LaunchException(
                ExitCode.CONFIGURATION,
                place + ": there is no setting \"" + key + "\"" + Suggestions.didYouMean(key, Setting.keys()));
    }

    /** {@code FILE:LINE}, or a description where there is no file. */
    static String place(ConfigOrigin origin) {
        String file = origin.filename();
        if (file == null) {
            return origin.description();
        }
        return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
    }

    private static String message(ConfigException e) {
        String text = String.valueOf(e.getMessage());
        ConfigOrigin origin = e.origin();
        String described = origin == null ? "" : origin.description() + ": ";
        // The library's messages begin with its own form of the place.
        boolean twice = !described.isEmpty() && text.startsWith(described);
        return (origin == null ? "config: " : place(origin) + ": ")
                + (twice ? text.substring(described.length()) : text);
    }
}
