package dev.atoll.launcher.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.config.Settings.LogSettings;
import dev.atoll.launcher.link.Ipv6Request;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.runtime.dns.ResolverOptions;
import dev.atoll.stack.wire.IpAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The values in force, each with its origin. */
public final class EffectiveConfig {
    private static final String AUTO = "auto";
    private static final String NONE = "none";
    private static final String FREE = "free";
    private static final String OFF = "off";
    private static final String STRICT = "strict";
    private static final int MIN_MTU_BYTES = 576;
    private static final int MAX_PORT = 65535;
    private static final int MAX_MTU_BYTES = 65535;
    private static final int MAX_JVMS = 1024;
    private static final List<String> LOG_LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    private final Config config;
    private final Config defaults;
    private final List<Path> files;

    /**
     * @param config everything, the defaults included
     * @param defaults the defaults alone
     */
    EffectiveConfig(Config config, Config defaults) {
        this(config, defaults, List.of());
    }

    /**
     * @param files the files that were read, and may be there or not
     */
    EffectiveConfig(Config config, Config defaults, List<Path> files) {
        this.config = config;
        this.defaults = defaults;
        this.files = List.copyOf(files);
    }

    /** The files it may come from. */
    public List<Path> files() {
        return files;
    }

    /**
     * Checks all values.
     *
     * @throws LaunchException with the place of the first one that is not what it may be
     */
    public Settings settings() throws LaunchException {
        String router = text(Setting.ROUTER);
        Address address = address(Setting.ADDRESS);
        if (address == null && !router.equals(AUTO)) {
            throw wrong(Setting.ROUTER, "stands alone; give the program's --address with it");
        }
        String timeout = text(Setting.TIMEOUT);
        Path statusFile = statusFile();
        return new Settings(
                text(Setting.LINK),
                address,
                ipAddress(Setting.ROUTER),
                ipv6(),
                names(),
                number(Setting.MTU, MIN_MTU_BYTES, MAX_MTU_BYTES),
                flag(Setting.OFFLOAD),
                flag(Setting.TAKE_DEFAULT),
                hostname(),
                debugPort(),
                flag(Setting.DEBUG_SUSPEND),
                files(Setting.POLICY),
                files(Setting.IPSET),
                flag(Setting.WATCH),
                audit(),
                outputFile(Setting.FLOW_LOG),
                outputFile(Setting.PCAP),
                statusFile,
                homes(),
                number(Setting.MAX_JVMS, 0, MAX_JVMS),
                timeout.equals(NONE) ? null : duration(Setting.TIMEOUT),
                duration(Setting.STOP_GRACE),
                flag(Setting.DENIAL_LINES),
                flag(Setting.PLAIN_ERRORS),
                flag(Setting.FAIL_ON_DENIAL),
                new LogSettings(
                        logLevel(), outputFile(Setting.LOG_FILE), logFormat().equals("json")));
    }

    /** The status file, or null; it is wanted even where another setting is wrong. */
    public @Nullable Path statusFile() throws LaunchException {
        return outputFile(Setting.STATUS_FILE);
    }

    /** One line per setting: name, value, origin. */
    public String describe() {
        int nameWidth = 0;
        int valueWidth = 0;
        for (Setting setting : Setting.values()) {
            nameWidth = Math.max(nameWidth, setting.key().length());
            valueWidth = Math.max(valueWidth, rendered(setting).length());
        }
        StringBuilder lines = new StringBuilder();
        String format = "%-" + nameWidth + "s = %-" + valueWidth + "s  # %s%n";
        for (Setting setting : Setting.values()) {
            ConfigOrigin origin = config.getValue(setting.key()).origin();
            boolean isDefault = origin.equals(defaults.getValue(setting.key()).origin());
            lines.append(String.format(
                    Locale.ROOT,
                    format,
                    setting.key(),
                    rendered(setting),
                    isDefault ? "default" : ConfigLoader.place(origin)));
        }
        return lines.toString().stripTrailing();
    }

    private String rendered(Setting setting) {
        return rendered(config.getValue(setting.key()));
    }

    /** In one line, whatever it is. */
    static String rendered(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }

    private String text(Setting setting) throws LaunchException {
        ConfigValue value = config.getValue(setting.key());
        if (value.valueType() == ConfigValueType.LIST || value.valueType() == ConfigValueType.OBJECT) {
            throw unexpected(setting);
        }
        return String.valueOf(value.unwrapped());
    }

    private Ipv6Request ipv6() throws LaunchException {
        String word = text(Setting.ADDRESS6);
        IpAddress router = ipAddress(Setting.ROUTER6);
        String whether = text(Setting.IPV6);
        if (!whether.equals(AUTO) && !whether.equals(OFF)) {
            throw unexpected(Setting.IPV6);
        }
        if (whether.equals(OFF)) {
            if (router != null || !(word.equals(AUTO) || word.equals(NONE))) {
                throw wrong(Setting.IPV6, "is off, and an IPv6 address or router is given; leave one of them out");
            }
            return new Ipv6Request(Ipv6Request.Kind.OFF, null, null);
        }
        Ipv6Request.Kind kind =
                switch (word) {
                    case AUTO -> Ipv6Request.Kind.AS_FOUND;
                    case NONE -> Ipv6Request.Kind.NONE;
                    case FREE -> Ipv6Request.Kind.FREE;
                    default -> Ipv6Request.Kind.CHOSEN;
                };
        if (kind == Ipv6Request.Kind.CHOSEN) {
            return new Ipv6Request(kind, address(Setting.ADDRESS6), router);
        }
        if (router != null) {
            throw wrong(Setting.ROUTER6, "stands alone; give the program's --address6 with it");
        }
        return new Ipv6Request(kind, null, null);
    }

    private @Nullable Address address(Setting setting) throws LaunchException {
        String text = text(setting);
        if (text.equals(AUTO)) {
            return null;
        }
        int slash = text.indexOf('/');
        try {
            if (slash > 0) {
                return new Address(
                        IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw unexpected(setting, e);
        }
        throw unexpected(setting);
    }

    private @Nullable IpAddress ipAddress(Setting setting) throws LaunchException {
        String text = text(setting);
        try {
            return text.equals(AUTO) ? null : IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw unexpected(setting, e);
        }
    }

    /** How names are looked up; "auto" is no server. */
    private Names names() throws LaunchException {
        List<String> words = new ArrayList<>(texts(Setting.DNS));
        String first = words.get(0);
        boolean strict = first.equals(STRICT) || first.startsWith(STRICT + ":");
        if (first.equals(STRICT)) {
            words.remove(0);
        } else if (strict) {
            words.set(0, first.substring(STRICT.length() + 1));
        }
        int dots = Names.NONE.dots();
        int timeoutSeconds = Names.NONE.timeoutSeconds();
        int attempts = Names.NONE.attempts();
        boolean rotate = false;
        for (String option : textsOrNone(Setting.DNS_OPTION)) {
            switch (option.substring(0, option.indexOf(':') + 1)) {
                case "ndots:" -> dots = resolverOption(option, 0, ResolverOptions.MAX_DOTS);
                case "timeout:" -> timeoutSeconds = resolverOption(option, 1, ResolverOptions.MAX_TIMEOUT_SECONDS);
                case "attempts:" -> attempts = resolverOption(option, 1, ResolverOptions.MAX_ATTEMPTS);
                default -> {
                    if (!option.equals("rotate")) {
                        throw unexpected(Setting.DNS_OPTION);
                    }
                    rotate = true;
                }
            }
        }
        return new Names(nameServers(words), strict, searchDomains(), dots, timeoutSeconds, attempts, rotate);
    }

    private List<IpAddress> nameServers(List<String> words) throws LaunchException {
        if (words.isEmpty() || (words.size() == 1 && words.get(0).equals(AUTO))) {
            return List.of();
        }
        if (words.size() > ResolverOptions.MAX_SERVERS) {
            throw unexpected(Setting.DNS);
        }
        List<IpAddress> servers = new ArrayList<>();
        for (String word : words) {
            try {
                servers.add(IpAddress.parse(word));
            } catch (IllegalArgumentException e) {
                throw unexpected(Setting.DNS, e);
            }
        }
        return servers;
    }

    private List<String> searchDomains() throws LaunchException {
        List<String> domains = textsOrNone(Setting.DNS_SEARCH);
        if (domains.size() > ResolverOptions.MAX_SEARCH) {
            throw unexpected(Setting.DNS_SEARCH);
        }
        for (String domain : domains) {
            if (!ResolverOptions.isSuffix(domain)) {
                throw unexpected(Setting.DNS_SEARCH);
            }
        }
        return domains;
    }

    /** The number behind the colon. */
    private int resolverOption(String option, int least, int most) throws LaunchException {
        try {
            int number = Integer.parseInt(option.substring(option.indexOf(':') + 1));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw unexpected(Setting.DNS_OPTION, e);
        }
        throw unexpected(Setting.DNS_OPTION);
    }

    /** As {@link #texts}, where "none" is none of them and stands alone. */
    private List<String> textsOrNone(Setting setting) throws LaunchException {
        List<String> texts = texts(setting);
        if (texts.equals(List.of(NONE))) {
            return List.of();
        }
        if (texts.contains(NONE)) {
            throw unexpected(setting);
        }
        return texts;
    }

    /** One text or a list of them, at least one. */
    private List<String> texts(Setting setting) throws LaunchException {
        if (!(config.getValue(setting.key()) instanceof ConfigList list)) {
            return List.of(text(setting));
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue value : list) {
            if (!(value.unwrapped() instanceof String text)) {
                throw unexpected(setting);
            }
            texts.add(text);
        }
        if (texts.isEmpty()) {
            throw unexpected(setting);
        }
        return texts;
    }

    private int number(Setting setting, int least, int most) throws LaunchException {
        try {
            int number = config.getInt(setting.key());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (ConfigException e) {
            throw unexpected(setting, e);
        }
        throw unexpected(setting);
    }

    /** Directories of Javas. */
    private List<Path> homes() throws LaunchException {
        List<Path> homes = files(Setting.JDKS);
        for (Path home : homes) {
            if (!Files.isExecutable(home.resolve("bin/java"))) {
                throw wrong(Setting.JDKS, "names " + home + ", which has no bin/java");
            }
        }
        return homes;
    }

    private String hostname() throws LaunchException {
        String text = text(Setting.HOSTNAME);
        if (!HOSTNAME.matcher(text).matches()) {
            throw unexpected(Setting.HOSTNAME);
        }
        return text;
    }

    private @Nullable Integer debugPort() throws LaunchException {
        String text = text(Setting.DEBUG);
        if (text.equals(NONE)) {
            if (flag(Setting.DEBUG_SUSPEND)) {
                throw wrong(Setting.DEBUG_SUSPEND, "is true, and no debugger can attach; give --debug with it");
            }
            return null;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw unexpected(Setting.DEBUG, e);
        }
        throw unexpected(Setting.DEBUG);
    }

    private @Nullable Path file(Setting setting) throws LaunchException {
        String text = text(setting);
        return text.equals(NONE) ? null : path(setting, text);
    }

    private List<Path> files(Setting setting) throws LaunchException {
        List<Path> files = new ArrayList<>();
        for (String name : textsOrNone(setting)) {
            files.add(path(setting, name));
        }
        return files;
    }

    private Path path(Setting setting, String name) throws LaunchException {
        if (name.isEmpty()) {
            throw unexpected(setting);
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw unexpected(setting, e);
        }
    }

    /** A file that will be written: whether it can be is found out before anything starts. */
    private @Nullable Path outputFile(Setting setting) throws LaunchException {
        Path file = file(setting);
        if (file == null) {
            return null;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw wrong(setting, "is " + rendered(setting) + ", which is a directory");
        }
        if (directory == null || !Files.isDirectory(directory)) {
            throw wrong(setting, "is " + rendered(setting) + ", and there is no directory " + directory);
        }
        if (!Files.isWritable(Files.exists(file) ? file : directory)) {
            throw wrong(setting, "is " + rendered(setting) + ", which this user may not write");
        }
        return file;
    }

    private Duration duration(Setting setting) throws LaunchException {
        try {
            Duration duration = config.getDuration(setting.key());
            // A bare number would be milliseconds, which nobody means by --timeout 30.
            if (duration.compareTo(Duration.ZERO) > 0 && !text(setting).matches("[0-9.]*")) {
                return duration;
            }
        } catch (ConfigException e) {
            throw unexpected(setting, e);
        }
        throw unexpected(setting);
    }

    private boolean flag(Setting setting) throws LaunchException {
        try {
            return config.getBoolean(setting.key());
        } catch (ConfigException e) {
            throw unexpected(setting, e);
        }
    }

    private boolean audit() throws LaunchException {
        boolean audit = flag(Setting.AUDIT);
        if (audit && files(Setting.POLICY).isEmpty()) {
            throw wrong(Setting.AUDIT, "is true, and there is no policy to look on; give a --policy with it");
        }
        return audit;
    }

    private String logLevel() throws LaunchException {
        String text = text(Setting.LOG_LEVEL).toUpperCase(Locale.ROOT);
        if (!LOG_LEVELS.contains(text)) {
            throw unexpected(Setting.LOG_LEVEL);
        }
        return text;
    }

    private String logFormat() throws LaunchException {
        String text = text(Setting.LOG_FORMAT);
        if (!text.equals("text") && !text.equals("json")) {
            throw unexpected(Setting.LOG_FORMAT);
        }
        return text;
    }

    private LaunchException unexpected(Setting setting) {
        return unexpected(setting, config.getValue(setting.key()));
    }

    /** The value is not one that the setting can have. */
    static LaunchException unexpected(Setting setting, ConfigValue value) {
        String what =
                "is " + rendered(value) + ", expected is " + setting.kind().expected();
        return wrong(setting, value.origin(), what);
    }

    private LaunchException unexpected(Setting setting, RuntimeException cause) {
        LaunchException failure = unexpected(setting);
        failure.addSuppressed(cause);
        return failure;
    }

    private LaunchException wrong(Setting setting, String what) {
        return wrong(setting, config.getValue(setting.key()).origin(), what);
    }

    private static LaunchException wrong(Setting setting, ConfigOrigin origin, String what) {
        return new LaunchException(
                ExitCode.CONFIGURATION, ConfigLoader.place(origin) + ": " + setting.key() + " " + what);
    }
}
