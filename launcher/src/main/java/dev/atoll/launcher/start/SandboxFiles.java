package dev.atoll.launcher.start;

import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of {@code /etc} that the sandbox has its own of: those that say what the network looks like. */
public final class SandboxFiles {
    private SandboxFiles() {}

    /**
     * File name to content.
     *
     * @param hostname the sandbox's name
     * @param addresses the program's addresses
     * @param names how names are looked up
     */
    public static Map<String, String> of(String hostname, List<IpAddress> addresses, Names names) throws IOException {
        Path hosts = Path.of("/etc/nsswitch.conf");
        String nameService = Files.exists(hosts) ? Files.readString(hosts, StandardCharsets.UTF_8) : "";
        Map<String, String> files = new LinkedHashMap<>();
        files.put("resolv.conf", resolvConf(names));
        files.put("hosts", hosts(hostname, addresses));
        files.put("nsswitch.conf", nsswitchConf(nameService));
        return files;
    }

    /** For libraries that look names up themselves: resolv.conf(5). */
    static String resolvConf(Names names) {
        StringBuilder text = new StringBuilder();
        for (IpAddress server : names.servers()) {
            text.append("nameserver ").append(server).append('\n');
        }
        if (!names.search().isEmpty()) {
            text.append("search ").append(String.join(" ", names.search())).append('\n');
        }
        List<String> options = options(names);
        if (!options.isEmpty()) {
            text.append("options ").append(String.join(" ", options)).append('\n');
        }
        return text.toString();
    }

    /** Those that are not as by default. */
    private static List<String> options(Names names) {
        List<String> options = new ArrayList<>();
        if (names.dots() != Names.NONE.dots()) {
            options.add("ndots:" + names.dots());
        }
        if (names.timeoutSeconds() != Names.NONE.timeoutSeconds()) {
            options.add("timeout:" + names.timeoutSeconds());
        }
        if (names.attempts() != Names.NONE.attempts()) {
            options.add("attempts:" + names.attempts());
        }
        if (names.rotate()) {
            options.add("rotate");
        }
        return options;
    }

    static String hosts(String hostname, List<IpAddress> addresses) {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        if (addresses.isEmpty()) {
            text.append("127.0.0.1 ").append(hostname).append('\n');
        }
        for (IpAddress address : addresses) {
            text.append(address).append(' ').append(hostname).append('\n');
        }
        return text.toString();
    }

    /** The host's file, which says where users come from, with names of hosts taken from files and DNS alone. */
    static String nsswitchConf(String host) {
        StringBuilder text = new StringBuilder();
        for (String line : host.split("\n", -1)) {
            if (!line.isEmpty() && !line.stripLeading().startsWith("hosts:")) {
                text.append(line).append('\n');
            }
        }
        return text.append("hosts: files dns\n").toString();
    }
}
