package dev.atoll.launcher.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.converters.IParameterSplitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of {@code run}. Each but {@code --config} and {@code --quiet} is a setting of the same name; what is not given is not set. */
@Parameters(separators = "=", commandDescription = "Run a program in a sandbox: run [OPTIONS] -- java ARGUMENTS")
public final class RunOptions {
    private static final String DEBUG = "--debug";

    @Parameter(
            names = "--link",
            description = "tap[:NAME], veth[:INTERFACE], stream, none, or auto: tap where it can be made, else stream")
    @Nullable String link;

    @Parameter(names = "--address", description = "The program's address and prefix length, 10.66.0.2/24")
    @Nullable String address;

    @Parameter(names = "--router", description = "The next hop of the program's default route")
    @Nullable String router;

    @Parameter(
            names = "--address6",
            description =
                    "The program's IPv6 address and prefix length, \"free\" for one of a free subnet, or \"none\"")
    @Nullable String address6;

    @Parameter(names = "--router6", description = "The next hop of the program's IPv6 default route")
    @Nullable String router6;

    @Parameter(
            names = "--take-default",
            description = "Take an interface that carries a default route of this host, too")
    boolean takeDefault;

    @Parameter(names = "--ipv6", description = "off: the program has no IPv6")
    @Nullable String ipv6;

    @Parameter(
            names = "--dns",
            description =
                    "The DNS server the program asks, several times for more; strict, or strict:SERVER: only names"
                            + " that some rule names",
            splitter = Whole.class)
    List<String> dns = new ArrayList<>();

    @Parameter(
            names = "--dns-search",
            description = "A domain under which short names are looked up, several times for more",
            splitter = Whole.class)
    List<String> dnsSearch = new ArrayList<>();

    @Parameter(
            names = "--dns-option",
            description = "ndots:N, timeout:SECONDS, attempts:N or rotate, as in resolv.conf(5); may be given several"
                    + " times",
            splitter = Whole.class)
    List<String> dnsOption = new ArrayList<>();

    @Parameter(
            names = "--policy",
            description = "A file of rules as iptables-save or ip6tables-save writes them, or none: no filter; may be"
                    + " given several times",
            splitter = Whole.class)
    List<String> policy = new ArrayList<>();

    @Parameter(
            names = "--ipset",
            description = "A file of sets as ipset save writes them, for rules with -m set; may be given several times",
            splitter = Whole.class)
    List<String> ipset = new ArrayList<>();

    @Parameter(names = "--watch", description = "Read the policy again when one of its files changes")
    boolean watch;

    @Parameter(names = "--config", description = "A configuration file, see the command config")
    @Nullable String config;

    @Parameter(
            names = DEBUG,
            description =
                    "Let debuggers attach through a port of this host's 127.0.0.1; --debug alone: one that is free")
    @Nullable String debug;

    @Parameter(names = "--debug-suspend", description = "With --debug: wait for a debugger before the program's main")
    boolean debugSuspend;

    @Parameter(names = "--audit", description = "Let everything pass, and say what the policy would have denied")
    boolean audit;

    @Parameter(names = "--flow-log", description = "Append a line of JSON for each flow to this file")
    @Nullable String flowLog;

    @Parameter(
            names = "--pcap",
            description = "Record what crosses the link in this pcapng file, and of other JVMs in NAME-PID.pcapng")
    @Nullable String pcap;

    @Parameter(names = "--status-file", description = "Write how the run ended to this file, as JSON")
    @Nullable String statusFile;

    @Parameter(
            names = "--jdk",
            description =
                    "The home of a Java that the program may start, where Atoll does not find it by itself; may be"
                            + " given several times",
            splitter = Whole.class)
    List<String> jdks = new ArrayList<>();

    @Parameter(
            names = "--max-jvms",
            description = "How many JVMs may run in the sandbox besides the first, 64 by default")
    @Nullable String maxJvms;

    @Parameter(names = "--timeout", description = "Stop the program after this time: 30s, 5m")
    @Nullable String timeout;

    @Parameter(names = "--quiet", description = "Say nothing of denials on stderr")
    boolean quiet;

    @Parameter(
            names = "--plain-errors",
            description = "Do not name the rule in the exceptions that the program gets, only in the log")
    boolean plainErrors;

    @Parameter(
            names = "--fail-on-denial",
            description = "Exit with 123 if anything was denied and the program itself ended with 0")
    boolean failOnDenial;

    @Parameter(
            names = {"--help", "-h"},
            description = "Show this",
            help = true)
    boolean help;

    /** What JCommander knows no option for. */
    @Parameter(hidden = true)
    List<String> unknown = new ArrayList<>();

    /** A name is one name, commas included. */
    static final class Whole implements IParameterSplitter {
        @Override
        public List<String> split(String value) {
            return List.of(value);
        }
    }

    /** The same words, where an option that may stand without its value has one. */
    static String[] withValues(String[] words) {
        String[] complete = words.clone();
        for (int i = 0; i < complete.length; i++) {
            if (complete[i].equals(DEBUG)) {
                complete[i] = DEBUG + "=0";
            }
        }
        return complete;
    }

    /** The configuration file, or null. */
    public @Nullable String config() {
        return config;
    }

    /** Names of settings to what was given for them: a text, or a list of texts. */
    public Map<String, Object> settings() {
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, "atoll.link", link);
        put(given, "atoll.address", address);
        put(given, "atoll.router", router);
        put(given, "atoll.address6", address6);
        put(given, "atoll.router6", router6);
        put(given, "atoll.take-default", takeDefault ? "true" : null);
        put(given, "atoll.ipv6", ipv6);
        put(given, "atoll.dns", oneOrList(dns));
        put(given, "atoll.dns-search", oneOrList(dnsSearch));
        put(given, "atoll.dns-option", oneOrList(dnsOption));
        put(given, "atoll.debug", debug);
        put(given, "atoll.debug-suspend", debugSuspend ? "true" : null);
        put(given, "atoll.policy", oneOrList(policy));
        put(given, "atoll.ipset", oneOrList(ipset));
        put(given, "atoll.watch", watch ? "true" : null);
        put(given, "atoll.audit", audit ? "true" : null);
        put(given, "atoll.flow-log", flowLog);
        put(given, "atoll.pcap", pcap);
        put(given, "atoll.status-file", statusFile);
        put(given, "atoll.jdks", oneOrList(jdks));
        put(given, "atoll.max-jvms", maxJvms);
        put(given, "atoll.timeout", timeout);
        put(given, "atoll.denial-lines", quiet ? "false" : null);
        put(given, "atoll.plain-errors", plainErrors ? "true" : null);
        put(given, "atoll.fail-on-denial", failOnDenial ? "true" : null);
        return given;
    }

    private static @Nullable Object oneOrList(List<String> texts) {
        return texts.isEmpty() ? null : texts.size() == 1 ? texts.get(0) : texts;
    }

    private static void put(Map<String, Object> given, String setting, @Nullable Object value) {
        if (value != null) {
            given.put(setting, value);
        }
    }
}
