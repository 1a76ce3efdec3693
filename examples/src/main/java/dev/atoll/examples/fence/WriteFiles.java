package dev.atoll.examples.fence;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes into files of the kernel what is in them already, which changes nothing and needs the same permission as any
 * other content. A file that cannot be read is opened only.
 *
 * <p>Usage: {@code WriteFiles PATH...}; a line for each, exit code 0 if all could be written, 1 if one could not.
 */
public final class WriteFiles {
    private WriteFiles() {}

    public static void main(String[] paths) {
        int exitCode = 0;
        for (String path : paths) {
            try {
                rewrite(Path.of(path));
                System.out.println("written " + path);
            } catch (IOException e) {
                System.out.println("refused " + path + ": " + e.getMessage());
                exitCode = 1;
            }
        }
        System.exit(exitCode);
    }

    private static void rewrite(Path file) throws IOException {
        byte[] content = content(file);
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            if (content.length > 0) {
                out.write(content);
            }
        }
    }

    /** By one read: the kernel gives a number's text to the first read only, however short that is. */
    private static byte[] content(Path file) {
        byte[] buffer = new byte[4096];
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return Arrays.copyOf(buffer, Math.max(0, in.read(buffer)));
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
