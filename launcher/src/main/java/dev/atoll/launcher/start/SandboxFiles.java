package dev.atoll.launcher.start;

import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * @param dnsServers in the order they are asked
     */
    public static Map<String, String> of(String hostname, List<IpAddress> addresses, List<IpAddress> dnsServers)
            throws IOException {
        Path hosts = Path.of("/etc/nsswitch.conf");
        String nameService = Files.exists(hosts) ? Files.readString(hosts, StandardCharsets.UTF_8) : "";
        Map<String, String> files = new LinkedHashMap<>();
        files.put("resolv.conf", resolvConf(dnsServers));
        files.put("hosts", hosts(hostname, addresses));
        files.put("nsswitch.conf", nsswitchConf(nameService));
        return files;
    }

    static String resolvConf(List<IpAddress> dnsServers) {
        StringBuilder text = new StringBuilder();
        for (IpAddress server : dnsServers) {
            text.append("nameserver ").append(server).append('\n');
        }
        return text.toString();
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
