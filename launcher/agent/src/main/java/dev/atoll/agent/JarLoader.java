package dev.atoll.agent;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Loads classes from one jar whose entries are stored and not compressed. Its parent is the platform loader.
 *
 * <p>The JDK's loader of jars makes a resource, a manifest, a code source and a protection domain for what it loads, by
 * code that a starting JVM interprets: for the classes that a sandbox needs before {@code main} it takes more than twice
 * the time. So the whole file is read at once, and classes are defined from the array where they lie.
 */
final class JarLoader extends ClassLoader {
    // Offsets in the structures of a zip file: PKWARE's APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16.
    private static final int END_BYTES = 22;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_ENTRIES = 10;
    private static final int END_DIRECTORY = 16;
    private static final int ENTRY_BYTES = 46;
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int ENTRY_METHOD = 10;
    private static final int ENTRY_SIZE = 24;
    private static final int ENTRY_NAME_LENGTH = 28;
    private static final int ENTRY_EXTRA_LENGTH = 30;
    private static final int ENTRY_COMMENT_LENGTH = 32;
    private static final int ENTRY_HEADER = 42;
    private static final int HEADER_BYTES = 30;
    private static final int HEADER_NAME_LENGTH = 26;
    private static final int HEADER_EXTRA_LENGTH = 28;
    private static final int STORED = 0;

    static {
        registerAsParallelCapable();
    }

    private final byte[] file;

    /** Name of an entry to where the central directory describes it. */
    private final Map<String, Integer> entries;

    /**
     * @param name the loader's
     * @throws IOException if the file cannot be read or is no such jar
     */
    JarLoader(String name, File jar) throws IOException {
        super(name, ClassLoader.getPlatformClassLoader());
        try (FileInputStream in = new FileInputStream(jar)) {
            file = in.readAllBytes();
        }
        // Nothing follows the end record: these jars have no comment.
        int end = file.length - END_BYTES;
        if (end < 0 || uint32(end) != END_SIGNATURE) {
            throw new IOException(jar + " is no jar, or has been cut off");
        }
        int count = uint16(end + END_ENTRIES);
        entries = new HashMap<>(count * 2);
        int entry = uint32(end + END_DIRECTORY);
        for (int i = 0; i < count; i++) {
            if (uint32(entry) != ENTRY_SIGNATURE || uint16(entry + ENTRY_METHOD) != STORED) {
                throw new IOException(jar + " is not a jar of stored entries");
            }
            int nameLength = uint16(entry + ENTRY_NAME_LENGTH);
            entries.put(new String(file, entry + ENTRY_BYTES, nameLength, StandardCharsets.ISO_8859_1), entry);
            entry += ENTRY_BYTES
                    + nameLength
                    + uint16(entry + ENTRY_EXTRA_LENGTH)
                    + uint16(entry + ENTRY_COMMENT_LENGTH);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Integer entry = entries.get(name.replace('.', '/').concat(".class"));
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        int header = uint32(entry + ENTRY_HEADER);
        int content =
                header + HEADER_BYTES + uint16(header + HEADER_NAME_LENGTH) + uint16(header + HEADER_EXTRA_LENGTH);
        return defineClass(name, file, content, uint32(entry + ENTRY_SIZE));
    }

    private int uint16(int offset) {
        return file[offset] & 0xff | (file[offset + 1] & 0xff) << 8;
    }

    private int uint32(int offset) {
        return uint16(offset) | uint16(offset + 2) << 16;
    }
}
