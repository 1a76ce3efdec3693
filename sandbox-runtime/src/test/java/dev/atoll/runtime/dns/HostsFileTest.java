package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.atoll.stack.wire.IpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsFileTest {
    @TempDir
    Path folder;

    private Path path;
    private HostsFile hosts;

    @BeforeEach
    void open() {
        path = folder.resolve("hosts");
        hosts = new HostsFile(path.toFile());
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void lines_giveNamesAndAliases() throws Exception {
        Files.writeString(path, "# comment\n10.0.0.1\tdb.example.com db  # the database\n\n  10.0.0.2 web\n");
        assertEquals(List.of(ip("10.0.0.1")), hosts.lookup("db.example.com"));
        assertEquals(List.of(ip("10.0.0.1")), hosts.lookup("DB"));
        assertEquals(List.of(ip("10.0.0.2")), hosts.lookup("web."));
        assertEquals(List.of(), hosts.lookup("#"));
        assertEquals("db.example.com", hosts.reverse(ip("10.0.0.1")));
        assertNull(hosts.reverse(ip("10.0.0.3")));
    }

    @Test
    void severalLinesForAName_giveAllAddressesInOrder() throws Exception {
        Files.writeString(path, "10.0.0.2 db\n10.0.0.1 db\n10.0.0.2 db other\n::1 db\n");
        assertEquals(List.of(ip("10.0.0.2"), ip("10.0.0.1"), ip("::1")), hosts.lookup("db"));
        assertEquals("db", hosts.reverse(ip("10.0.0.2")));
    }

    @Test
    void linesThatMakeNoSense_areLeftOut() throws Exception {
        Files.writeString(path, "nonsense here\n10.0.0.1\n10.0.0.999 x\n300 y\r\n10.0.0.4 z\r\n");
        for (String name : List.of("here", "x", "y")) {
            assertEquals(List.of(), hosts.lookup(name), name);
        }
        assertEquals(List.of(ip("10.0.0.4")), hosts.lookup("z"));
    }

    @Test
    void missing_isEmpty_andFoundWhenItComes() throws Exception {
        assertEquals(List.of(), hosts.lookup("db"));
        Files.writeString(path, "10.0.0.1 db\n");
        assertEquals(List.of(ip("10.0.0.1")), hosts.lookup("db"));
        Files.writeString(path, "10.0.0.22 db\n");
        assertEquals(List.of(ip("10.0.0.22")), hosts.lookup("db"));
        Files.delete(path);
        assertEquals(List.of(), hosts.lookup("db"));
    }
}
