package dev.atoll.launcher.demo;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code atoll.jar} carries for the demo, in a temporary directory as long as the demo runs.
 *
 * @param directory a class path with the client
 * @param policy the file of rules
 */
record DemoFiles(Path directory, Path policy) implements Closeable {
    /** Unpacks a class without nested classes, and a policy. */
    static DemoFiles unpack(Class<?> client, String policy) throws IOException {
        Path directory = Files.createTempDirectory("atoll-demo-");
        DemoFiles files = new DemoFiles(directory, directory.resolve(policy));
        try {
            String classFile = client.getName().replace('.', '/') + ".class";
            Path target = directory.resolve(classFile);
            Files.createDirectories(target.getParent());
            copy("/" + classFile, target);
            copy(policy, files.policy());
            return files;
        } catch (IOException e) {
            files.close();
            throw e;
        }
    }

    private static void copy(String resource, Path target) throws IOException {
        try (InputStream in = DemoFiles.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("atoll.jar is not whole, it lacks " + resource);
            }
            Files.copy(in, target);
        }
    }

    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }
}
