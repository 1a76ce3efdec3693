package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.options.SocketOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessOwnerTest {
    @Test
    void ids_areThoseOfTheFileSystem_andAllGroups() throws IOException {
        String status =
                "Name:\tjava\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nFDSize:\t64\nGroups:\t8 9 4294967294 \nNStgid:\t1\n";
        assertEquals(new SocketOwner(4, 8, List.of(8L, 9L, 4294967294L)), ProcessOwner.parse(status));
        String alone = "Name:\tjava\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \n";
        assertEquals(new SocketOwner(0, 0, List.of()), ProcessOwner.parse(alone));
    }

    @Test
    void ownProcess_ownsItsFiles(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("own"));
        Object owner = Files.getAttribute(file, "unix:uid");
        assertEquals(((Integer) owner).longValue(), ProcessOwner.read().userId());
    }

    @Test
    void statusWithoutIds_isAnError() {
        assertThrows(IOException.class, () -> ProcessOwner.parse("Name:\tjava\n"));
    }
}
