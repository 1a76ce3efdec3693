package dev.atoll.shim;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What Maven calls a jar. Its own word for it is {@code META-INF/maven/GROUP/ARTIFACT/pom.properties}; a jar that others were
 * packed into has several, of which the one counts that fits its file name. Without one the manifest and the file name tell
 * artifact and version, and the group is not known.
 *
 * <p>Jars within a jar are looked into ({@code jar:file:/app.jar!/BOOT-INF/lib/client.jar!/}, and the form of Spring Boot 3.2,
 * {@code jar:nested:/app.jar/!BOOT-INF/lib/client.jar!/}). Each place is looked at once. Thread-safe.
 */
final class JarIdentity {
    /** A program has fewer places of code than this, or makes them up. */
    private static final int MAX_KNOWN = 4096;

    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private static final Pattern POM = Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String JAR = ".jar";

    /** {@code client-1.2.3-jre}: a version begins with a digit behind a dash. */
    private static final Pattern FILE_NAME = Pattern.compile("(.+?)-(\\d.*)");

    private final String fileName;
    private @Nullable Properties own;
    private int poms;
    private @Nullable Manifest manifest;

    private JarIdentity(String fileName) {
        this.fileName = fileName;
    }

    /**
     * The coordinates {@code group:artifact:version} of what was loaded from a place, parts that are not known empty; empty
     * if nothing is known.
     *
     * @param location as {@code CodeSource} tells it
     */
    static String coordinatesOf(String location) {
        String known = KNOWN.get(location);
        if (known != null) {
            return known;
        }
        String found = read(location);
        if (KNOWN.size() < MAX_KNOWN) {
            KNOWN.put(location, found);
        }
        return found;
    }

    private static String read(String location) {
        try {
            String[] parts = parts(location);
            return parts.length == 0 ? "" : read(parts);
        } catch (IOException | IllegalArgumentException e) {
            // No archive that can be read is one that nothing is known of: rules that ask for its name do not match.
            return "";
        }
    }

    /** The file, and the jar in it if there is one; empty for what is no file with a jar. */
    private static String[] parts(String location) {
        String rest = location;
        boolean nested = false;
        if (rest.startsWith("jar:")) {
            rest = rest.substring("jar:".length());
            nested = rest.startsWith("nested:");
        }
        String scheme = nested ? "nested:" : "file:";
        if (!rest.startsWith(scheme)) {
            return new String[0];
        }
        String[] parts = rest.substring(scheme.length()).split(nested ? "/?!/?" : "!/", -1);
        String file = URI.create("file:" + parts[0]).getPath();
        boolean isJar = file.endsWith(JAR) || file.endsWith(".war");
        if (!isJar) {
            return new String[0];
        }
        boolean inner = parts.length > 1 && parts[1].endsWith(JAR);
        return inner ? new String[] {file, parts[1]} : new String[] {file};
    }

    private static String read(String[] parts) throws IOException {
        try (ZipFile outer = new ZipFile(Path.of(parts[0]).toFile())) {
            String last = parts[parts.length - 1];
            JarIdentity identity = new JarIdentity(last.substring(last.lastIndexOf('/') + 1));
            if (parts.length == 1) {
                identity.readAll(outer);
                return identity.coordinates();
            }
            ZipEntry entry = outer.getEntry(parts[1]);
            if (entry == null) {
                return "";
            }
            try (ZipInputStream inner = new ZipInputStream(outer.getInputStream(entry))) {
                identity.readAll(inner);
            }
            return identity.coordinates();
        }
    }

    private void readAll(ZipFile jar) throws IOException {
        Enumeration<? extends ZipEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (isTelling(entry.getName())) {
                try (InputStream content = jar.getInputStream(entry)) {
                    take(entry.getName(), content);
                }
            }
        }
    }

    private void readAll(ZipInputStream jar) throws IOException {
        for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
            if (isTelling(entry.getName())) {
                take(entry.getName(), jar);
            }
        }
    }

    private static boolean isTelling(String name) {
        return name.equals(MANIFEST) || POM.matcher(name).matches();
    }

    private void take(String name, InputStream content) throws IOException {
        if (name.equals(MANIFEST)) {
            manifest = new Manifest(content);
            return;
        }
        Properties pom = new Properties();
        pom.load(content);
        poms++;
        if (poms == 1 || fitsFileName(pom)) {
            own = pom;
        }
    }

    /** {@code client.jar} or {@code client-1.2.jar} for the artifact {@code client}. */
    private boolean fitsFileName(Properties pom) {
        String artifact = pom.getProperty("artifactId", "");
        String version = pom.getProperty("version", "");
        return !artifact.isEmpty()
                && (fileName.equals(artifact + JAR) || fileName.startsWith(artifact + "-" + version));
    }

    private String coordinates() {
        Properties pom = own;
        if (pom != null && (poms == 1 || fitsFileName(pom))) {
            return pom.getProperty("groupId", "") + ":" + pom.getProperty("artifactId", "") + ":"
                    + pom.getProperty("version", "");
        }
        String name = fileName.substring(0, fileName.lastIndexOf('.'));
        Matcher split = FILE_NAME.matcher(name);
        boolean hasVersion = split.matches();
        String artifact = hasVersion ? split.group(1) : name;
        String version = hasVersion ? split.group(2) : stated(Attributes.Name.IMPLEMENTATION_VERSION);
        return ":" + artifact + ":" + version;
    }

    private String stated(Attributes.Name attribute) {
        Manifest of = manifest;
        String value = of == null ? null : of.getMainAttributes().getValue(attribute);
        return value == null ? "" : value;
    }
}
