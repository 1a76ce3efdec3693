package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.zip.CRC32;

/** {@link Probe} in the forms in which programs come. Each is made anew, in one directory. */
final class ProgramForms {
    /** What {@code -m} names. */
    static final String MODULE_AND_CLASS = "probe/" + Probe.class.getName();

    private static final Path SPRING_BOOT_LOADER = programs("spring-boot-loader.jar");
    private static final String FOLDER = Probe.class.getPackageName().replace('.', '/');

    private final Path directory;

    ProgramForms(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** What Maven has fetched for these tests. */
    static Path programs(String name) {
        return Path.of("target/test-programs", name).toAbsolutePath();
    }

    /** For {@code -jar}. */
    Path executableJar() throws IOException {
        Path jar = directory.resolve("probe.jar");
        try (JarOutputStream out = open(jar, Map.of("Main-Class", Probe.class.getName()))) {
            addProbe(out);
        }
        return jar;
    }

    /** A directory for {@code -p}, with one module that requires nothing. */
    Path modules() throws IOException {
        Path modules = directory.resolve("modules");
        Path module = modules.resolve("probe");
        Path packageFolder = Files.createDirectories(module.resolve(FOLDER));
        for (Path file : probeClasses()) {
            Files.copy(file, packageFolder.resolve(String.valueOf(file.getFileName())));
        }
        Path source = Files.writeString(directory.resolve("module-info.java"), "module probe {}\n");
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, "--release", "17", "-d", module.toString(), source.toString());
        assertEquals(0, exit, "javac");
        return modules;
    }

    /** A runtime of a JDK that has these modules and no other. */
    Path image(Path jdk, String addedModules) throws IOException, InterruptedException {
        Path image = directory.resolve("image");
        Process jlink = new ProcessBuilder(
                        jdk.resolve("bin/jlink").toString(),
                        "--module-path",
                        modules().toString(),
                        "--add-modules",
                        addedModules,
                        "--output",
                        image.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(jlink.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, jlink.waitFor(), said);
        return image;
    }

    /** As Spring Boot packs programs: its loader in front, the program in a jar within the jar. */
    Path springBootJar() throws IOException {
        Path jar = directory.resolve("boot.jar");
        Map<String, String> manifest = Map.of(
                "Main-Class", "org.springframework.boot.loader.launch.JarLauncher",
                "Start-Class", Probe.class.getName(),
                "Spring-Boot-Classes", "BOOT-INF/classes/",
                "Spring-Boot-Lib", "BOOT-INF/lib/");
        try (JarOutputStream out = open(jar, manifest);
                JarFile loader = new JarFile(SPRING_BOOT_LOADER.toFile())) {
            Enumeration<JarEntry> entries = loader.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".class")) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    loader.getInputStream(entry).transferTo(out);
                }
            }
            out.putNextEntry(new JarEntry("BOOT-INF/classes/"));
            addStored(out, "BOOT-INF/lib/probe.jar", Files.readAllBytes(executableJar()));
        }
        return jar;
    }

    /** An agent for {@code -javaagent}, or to be loaded into a JVM that runs. */
    Path earlyAgent() throws IOException {
        Path jar = directory.resolve("early-agent.jar");
        String file = FOLDER + "/" + EarlyAgent.class.getSimpleName() + ".class";
        try (JarOutputStream out = open(
                jar, Map.of("Premain-Class", EarlyAgent.class.getName(), "Agent-Class", EarlyAgent.class.getName()))) {
            out.putNextEntry(new JarEntry(file));
            Files.copy(Atoll.CLASSES.resolve(file), out);
        }
        return jar;
    }

    private static JarOutputStream open(Path jar, Map<String, String> attributes) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(main::putValue);
        OutputStream file = Files.newOutputStream(jar);
        return new JarOutputStream(file, manifest);
    }

    private static void addProbe(JarOutputStream out) throws IOException {
        for (Path file : probeClasses()) {
            out.putNextEntry(new JarEntry(FOLDER + "/" + file.getFileName()));
            Files.copy(file, out);
        }
    }

    private static void addStored(JarOutputStream out, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setMethod(JarEntry.STORED);
        entry.setSize(content.length);
        CRC32 sum = new CRC32();
        sum.update(content);
        entry.setCrc(sum.getValue());
        out.putNextEntry(entry);
        out.write(content);
    }

    private static List<Path> probeClasses() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Atoll.CLASSES.resolve(FOLDER), "Probe*.class")) {
            all.forEach(files::add);
        }
        return files;
    }
}
