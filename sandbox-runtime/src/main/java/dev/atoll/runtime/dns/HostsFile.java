package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of names as hosts(5) describes it: an address, its name, its aliases; {@code #} begins a comment. A line that
 * cannot be read is left out, as the C library does. The file is read anew when it has changed, and a file that is not
 * there is an empty one.
 *
 * <p>Any thread.
 */
public final class HostsFile {
    /** What is read of a file; the rest of a longer one is not seen. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    /** What one version of the file says. */
    private record Table(
            long modifiedMs, long lengthBytes, Map<String, List<IpAddress>> byName, Map<IpAddress, String> byAddress) {}

    private final File file;
    private volatile @Nullable Table table;

    /** @param file the file; usually {@code /etc/hosts} */
    public HostsFile(File file) {
        this.file = file;
    }

    /** The addresses of a name, in the file's order; empty if it has none. */
    public List<IpAddress> lookup(String name) {
        String key = DnsName.withoutRoot(name).toLowerCase(Locale.ROOT);
        return current().byName.getOrDefault(key, List.of());
    }

    /** The name of an address, the first of its first line, or null. */
    public @Nullable String reverse(IpAddress address) {
        return current().byAddress.get(address);
    }

    private Table current() {
        long modifiedMs = file.lastModified();
        long lengthBytes = file.length();
        Table known = table;
        if (known == null || known.modifiedMs != modifiedMs || known.lengthBytes != lengthBytes) {
            known = parse(read(), modifiedMs, lengthBytes);
            table = known;
        }
        return known;
    }

    private String read() {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // Not there or not readable: names then come from the servers alone, as they do for the C library.
            return "";
        }
    }

    private static Table parse(String text, long modifiedMs, long lengthBytes) {
        Map<String, List<IpAddress>> byName = new HashMap<>();
        Map<IpAddress, String> byAddress = new HashMap<>();
        text.lines().forEach(line -> {
            int comment = line.indexOf('#');
            String[] words =
                    (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
            IpAddress address = words.length < 2 ? null : addressOrNull(words[0]);
            if (address == null) {
                return;
            }
            byAddress.putIfAbsent(address, words[1]);
            for (int i = 1; i < words.length; i++) {
                List<IpAddress> addresses =
                        byName.computeIfAbsent(words[i].toLowerCase(Locale.ROOT), key -> new ArrayList<>(1));
                if (!addresses.contains(address)) {
                    addresses.add(address);
                }
            }
        });
        byName.replaceAll((name, addresses) -> Collections.unmodifiableList(addresses));
        return new Table(modifiedMs, lengthBytes, byName, byAddress);
    }

    private static @Nullable IpAddress addressOrNull(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
