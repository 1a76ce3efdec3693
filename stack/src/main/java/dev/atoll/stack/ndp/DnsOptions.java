package dev.atoll.stack.ndp;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ndp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The DNS options of router advertisements (RFC 8106 section 5). */
final class DnsOptions {
    private static final int HEADER_BYTES = 8;
    private static final int ADDRESS_BYTES = 16;
    private static final int MAX_LABEL_BYTES = 63;

    private DnsOptions() {}

    /** Tells the observer what an RDNSS or DNSSL option says; one that is malformed says nothing. */
    static void report(NdpObserver observer, Device device, ByteBuffer data, int option) {
        int bytes = Ndp.optionBytes(data, option);
        long lifetimeSeconds = bytes < HEADER_BYTES ? 0 : Ndp.option32(data, option);
        if (Ndp.optionType(data, option) == Ndp.OPTION_RDNSS) {
            if (bytes >= HEADER_BYTES + ADDRESS_BYTES && (bytes - HEADER_BYTES) % ADDRESS_BYTES == 0) {
                List<IpAddress> servers = addresses(data, option + HEADER_BYTES, option + bytes);
                if (!servers.isEmpty()) {
                    observer.dnsServers(device, servers, lifetimeSeconds);
                }
            }
            return;
        }
        List<String> domains = domains(data, option + HEADER_BYTES, option + bytes);
        if (domains != null && !domains.isEmpty()) {
            observer.dnsSearchList(device, domains, lifetimeSeconds);
        }
    }

    private static List<IpAddress> addresses(ByteBuffer data, int from, int end) {
        List<IpAddress> servers = new ArrayList<>();
        for (int at = from; at < end; at += ADDRESS_BYTES) {
            IpAddress server = new IpAddress(data.getLong(at), data.getLong(at + 8));
            // What nobody can be asked at; a mapped address would be one of IPv4 here.
            if (!server.isMulticast() && !server.isUnspecified() && !server.isV4()) {
                servers.add(server);
            }
        }
        return List.copyOf(servers);
    }

    /** Names in the form of RFC 1035 section 3.1, without compression, padded with zeros; null if malformed. */
    private static @Nullable List<String> domains(ByteBuffer data, int from, int end) {
        List<String> domains = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        int at = from;
        while (at < end) {
            int length = data.get(at++) & 0xff;
            if (length == 0) {
                if (!name.isEmpty()) {
                    domains.add(name.toString());
                    name.setLength(0);
                }
                continue;
            }
            if (length > MAX_LABEL_BYTES || length > end - at) {
                return null;
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            for (int i = 0; i < length; i++) {
                char letter = (char) (data.get(at++) & 0xff);
                if (!isHostLetter(letter)) {
                    return null;
                }
                name.append(letter);
            }
        }
        return name.isEmpty() ? List.copyOf(domains) : null;
    }

    /** What a host name is made of; a dot or a blank inside a label would be read as something else later. */
    private static boolean isHostLetter(char letter) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= 'A' && letter <= 'Z')
                || (letter >= '0' && letter <= '9')
                || letter == '-'
                || letter == '_';
    }
}
