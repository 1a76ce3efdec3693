package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Maven calls a jar, from what jars really have in them. */
class JarIdentityTest {
    @TempDir
    Path directory;

    private static byte[] jar(String... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private String place(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toUri().toString();
    }

    private static String pomName(String group, String artifact) {
        return "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    }

    private static String pom(String group, String artifact, String version) {
        return "#made by Maven\nversion=" + version + "\ngroupId=" + group + "\nartifactId=" + artifact + "\n";
    }

    @Test
    void jarOfMaven_saysItself() throws IOException {
        String place = place("c.jar", jar(pomName("org.acme", "client"), pom("org.acme", "client", "1.2")));
        assertEquals("org.acme:client:1.2", JarIdentity.coordinatesOf(place));
    }

    @Test
    void jarWithOthersPackedIn_isTheOneOfItsFileName_orOfNoGroup() throws IOException {
        byte[] packed = jar(
                pomName("org.acme", "client"), pom("org.acme", "client", "1.2"),
                pomName("org.other", "json"), pom("org.other", "json", "3"));
        assertEquals("org.acme:client:1.2", JarIdentity.coordinatesOf(place("client-1.2.jar", packed)));
        assertEquals("org.other:json:3", JarIdentity.coordinatesOf(place("json.jar", packed)));
        assertEquals(":all:9", JarIdentity.coordinatesOf(place("all-9.jar", packed)));
    }

    @Test
    void otherJars_areCalledAsTheirFiles() throws IOException {
        String manifest = "Manifest-Version: 1.0\nImplementation-Version: 7.1\n\n";
        assertEquals(":okhttp:4.9.0-rc.1", JarIdentity.coordinatesOf(place("okhttp-4.9.0-rc.1.jar", jar("a", ""))));
        assertEquals(
                ":my-lib:7.1", JarIdentity.coordinatesOf(place("my-lib.jar", jar("META-INF/MANIFEST.MF", manifest))));
        assertEquals(":bare:", JarIdentity.coordinatesOf(place("bare.jar", jar("a", ""))));
    }

    @Test
    void jarWithinAJar_isTheInnerOne_andTheClassesBesideAreTheOuterOnes() throws IOException {
        byte[] inner = jar("a", "", pomName("org.acme", "client"), pom("org.acme", "client", "1.2"));
        Path app = directory.resolve("app.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(app))) {
            zip.putNextEntry(new ZipEntry(pomName("org.acme", "app")));
            zip.write(pom("org.acme", "app", "5").getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("BOOT-INF/lib/client-1.2.jar"));
            zip.write(inner);
        }
        String client = "org.acme:client:1.2";
        assertEquals(client, JarIdentity.coordinatesOf("jar:file:" + app + "!/BOOT-INF/lib/client-1.2.jar!/"));
        assertEquals(client, JarIdentity.coordinatesOf("jar:nested:" + app + "/!BOOT-INF/lib/client-1.2.jar!/"));
        assertEquals("org.acme:app:5", JarIdentity.coordinatesOf("jar:file:" + app + "!/BOOT-INF/classes!/"));
        assertEquals("org.acme:app:5", JarIdentity.coordinatesOf("jar:nested:" + app + "/!BOOT-INF/classes/!/"));
        assertEquals("", JarIdentity.coordinatesOf("jar:file:" + app + "!/BOOT-INF/lib/other.jar!/"));
    }

    @Test
    void whatIsNoJar_hasNoName() throws IOException {
        assertEquals("", JarIdentity.coordinatesOf(""));
        assertEquals("", JarIdentity.coordinatesOf("file:/no/such.jar"));
        assertEquals("", JarIdentity.coordinatesOf("https://example.com/client.jar"));
        assertEquals("", JarIdentity.coordinatesOf(directory.toUri().toString()));
        assertEquals("", JarIdentity.coordinatesOf(place("broken.jar", new byte[] {1, 2, 3})));
    }
}
