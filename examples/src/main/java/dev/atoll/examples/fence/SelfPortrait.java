package dev.atoll.examples.fence;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints what the kernel and the environment say about this process: {@code status CapEff: 0}, {@code descriptor 3
 * socket:[1]}, {@code namespace net net:[2]}, {@code variable HOME=/root}, one per line.
 */
public final class SelfPortrait {
    private static final Path SELF = Path.of("/proc/self");

    private SelfPortrait() {}

    public static void main(String[] args) throws IOException {
        for (String line : Files.readAllLines(SELF.resolve("status"))) {
            System.out.println("status " + line.replaceAll("\\s+", " "));
        }
        links("descriptor", SELF.resolve("fd"));
        links("namespace", SELF.resolve("ns"));
        System.getenv().forEach((name, value) -> System.out.println("variable " + name + "=" + value));
    }

    private static void links(String what, Path directory) throws IOException {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(directory)) {
            for (Path link : links) {
                // The descriptor of the listing itself is gone by now.
                if (Files.isSymbolicLink(link)) {
                    System.out.println(what + " " + link.getFileName() + " " + Files.readSymbolicLink(link));
                }
            }
        }
    }
}
