package dev.atoll.launcher.config;

import dev.atoll.runtime.dns.ResolverOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every setting there is. {@code reference.conf} has their meaning and defaults; a test holds the two together. */
public enum Setting {
    LINK("atoll.link", Kind.TEXT),
    ADDRESS("atoll.address", Kind.ADDRESS_AND_PREFIX),
    ROUTER("atoll.router", Kind.ADDRESS),
    ADDRESS6("atoll.address6", Kind.IPV6_ADDRESS_AND_PREFIX),
    ROUTER6("atoll.router6", Kind.ADDRESS),
    IPV6("atoll.ipv6", Kind.AUTO_OR_OFF),
    DNS("atoll.dns", Kind.NAME_SERVERS),
    DNS_SEARCH("atoll.dns-search", Kind.DOMAINS),
    DNS_OPTION("atoll.dns-option", Kind.RESOLVER_OPTIONS),
    MTU("atoll.mtu", Kind.MTU),
    OFFLOAD("atoll.offload", Kind.FLAG),
    TAKE_DEFAULT("atoll.take-default", Kind.FLAG),
    HOSTNAME("atoll.hostname", Kind.HOSTNAME),
    DEBUG("atoll.debug", Kind.PORT_OR_NONE),
    DEBUG_SUSPEND("atoll.debug-suspend", Kind.FLAG),
    POLICY("atoll.policy", Kind.FILES),
    IPSET("atoll.ipset", Kind.FILES),
    WATCH("atoll.watch", Kind.FLAG),
    AUDIT("atoll.audit", Kind.FLAG),
    FLOW_LOG("atoll.flow-log", Kind.FILE),
    PCAP("atoll.pcap", Kind.FILE),
    STATUS_FILE("atoll.status-file", Kind.FILE),
    JDKS("atoll.jdks", Kind.FILES),
    MAX_JVMS("atoll.max-jvms", Kind.MAX_JVMS),
    TIMEOUT("atoll.timeout", Kind.DURATION_OR_NONE),
    STOP_GRACE("atoll.stop-grace", Kind.DURATION),
    DENIAL_LINES("atoll.denial-lines", Kind.FLAG),
    PLAIN_ERRORS("atoll.plain-errors", Kind.FLAG),
    FAIL_ON_DENIAL("atoll.fail-on-denial", Kind.FLAG),
    LOG_LEVEL("atoll.log.level", Kind.LOG_LEVEL),
    LOG_FILE("atoll.log.file", Kind.FILE),
    LOG_FORMAT("atoll.log.format", Kind.LOG_FORMAT);

    /** What a setting's value may be. */
    enum Kind {
        TEXT("a word"),
        ADDRESS("an IP address or \"auto\""),
        ADDRESS_AND_PREFIX("an address and prefix length as in 10.66.0.2/24, or \"auto\""),
        IPV6_ADDRESS_AND_PREFIX(
                "an address and prefix length as in fd61:746f:6c6c::2/64, \"auto\", \"free\" or \"none\""),
        AUTO_OR_OFF("\"auto\" or \"off\""),
        NAME_SERVERS("\"auto\", or an IP address or a list of up to " + ResolverOptions.MAX_SERVERS
                + ", where \"strict\" may come first, alone or as \"strict:\" before an address"),
        DOMAINS("a domain name, a list of up to " + ResolverOptions.MAX_SEARCH + ", or \"none\""),
        RESOLVER_OPTIONS("\"ndots:N\" with N up to " + ResolverOptions.MAX_DOTS + ", \"timeout:N\" of 1 to "
                + ResolverOptions.MAX_TIMEOUT_SECONDS + " seconds, \"attempts:N\" of 1 to "
                + ResolverOptions.MAX_ATTEMPTS + ", \"rotate\", a list of them, or \"none\""),
        MTU("a number of bytes from 576 to 65535"),
        MAX_JVMS("a number from 0 to 1024"),
        HOSTNAME("a host name"),
        PORT_OR_NONE("a port from 1 to 65535, 0 for one that is free, or \"none\""),
        FILE("a file's name or \"none\""),
        FILES("a file's name, a list of them, or \"none\""),
        DURATION("a time as in 30s, 5m, 1h"),
        DURATION_OR_NONE("a time as in 30s, 5m, 1h, or \"none\""),
        FLAG("true or false"),
        LOG_LEVEL("ERROR, WARN, INFO, DEBUG or TRACE"),
        LOG_FORMAT("text or json");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }

        /** For an error message: what was expected. */
        String expected() {
            return expected;
        }
    }

    private final String key;
    private final Kind kind;

    Setting(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
    }

    /** Its full name, with dots. */
    public String key() {
        return key;
    }

    Kind kind() {
        return kind;
    }

    /** The setting of that name, or null. */
    static @Nullable Setting of(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return setting;
            }
        }
        return null;
    }

    /** Whether the names of settings begin with that name and a dot. */
    static boolean isBlock(String key) {
        for (Setting setting : values()) {
            if (setting.key.startsWith(key + ".")) {
                return true;
            }
        }
        return false;
    }

    /** All names. */
    static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Setting setting : values()) {
            keys.add(setting.key);
        }
        return keys;
    }
}
