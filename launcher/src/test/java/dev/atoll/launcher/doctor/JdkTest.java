package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.hooks.HookException;
import dev.atoll.hooks.Hooks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {
    private static final String HOTSPOT = "OpenJDK 64-Bit Server VM";
    private static final Jdk GOOD = new Jdk("/jdk/bin/java", 17, HOTSPOT, Set.of("java.base", "java.instrument"));
    private static final String SAID = """
            Property settings:
                java.home = /jdk
                java.specification.version = 21
                java.vm.name = OpenJDK 64-Bit Server VM
                java.vm.specification.version = 21
                sun.boot.library.path = /jdk/lib

            java.base@21.0.2
            java.instrument@21.0.2
            jdk.net@21.0.2
            """;

    @TempDir
    Path directory;

    @Test
    void parse_whatJavaSays_isRead() {
        assertEquals(
                Optional.of(new Jdk("/jdk/bin/java", 21, HOTSPOT, Set.of("java.base", "java.instrument", "jdk.net"))),
                Jdk.parse("/jdk/bin/java", SAID));
    }

    @Test
    void parse_anotherProgram_isEmpty() {
        assertEquals(Optional.empty(), Jdk.parse("/bin/java", "java: what?\n"));
    }

    @Test
    void ask_theJavaOfThisTest_isTheSameAsThisJvm() {
        Jdk own = Jdk.ofThisJvm();
        Jdk asked = Jdk.ask(new LocalHost(System.getenv()), own.java()).orElseThrow();
        assertEquals(own, asked);
    }

    @Test
    void known_versions_areThoseThatHaveHooks() throws HookException {
        for (int feature : Jdk.KNOWN) {
            assertFalse(Hooks.forFeature(feature).isEmpty());
        }
        for (int feature = 8; feature < 40; feature++) {
            int version = feature;
            if (!Jdk.KNOWN.contains(version)) {
                assertThrows(HookException.class, () -> Hooks.forFeature(version), "JDK " + version);
            }
        }
    }

    @Test
    void faults_eachOfThem_isNamed() {
        assertEquals(List.of(), GOOD.faults());
        assertEquals(
                List.of(
                        "it is none of the versions that Atoll knows, 17, 21 and 25",
                        "its virtual machine is not HotSpot",
                        "it has no module java.instrument"),
                new Jdk("/j9/bin/java", 11, "Eclipse OpenJ9 VM", Set.of("java.base")).faults());
    }

    @Test
    void onPath_unusableWhileTheLaunchersIsGood_warnsAndNamesThatOne() throws Exception {
        Path java = executable("java");
        MadeUpHost host = new MadeUpHost().programsEnd(0, SAID.replace("21", "11"));
        Finding finding = new JdkCheck(new JdkOnPath(host, directory.toString()), GOOD).examine();
        assertEquals(Finding.Status.WARN, finding.status());
        assertTrue(finding.detail().startsWith("JDK 11, " + HOTSPOT + " (" + java + "): it is none"), finding.detail());
        assertTrue(finding.advice().contains("run -- /jdk/bin/java"), finding.advice());
    }

    @Test
    void onPath_noneWhileTheLaunchersIsNoGood_isMissing() {
        Jdk strange = new Jdk("/jdk/bin/java", 23, HOTSPOT, GOOD.modules());
        Finding finding = new JdkCheck(new JdkOnPath(new MadeUpHost(), "/nonexistent"), strange).examine();
        assertEquals(Finding.Status.MISSING, finding.status());
        assertEquals("there is none", finding.detail());
        assertEquals(
                Finding.Status.WARN, new LauncherJdkCheck(strange).examine().status());
    }

    @Test
    void onPath_doesNotAnswer_saysWhichFile() throws Exception {
        Path java = executable("java");
        MadeUpHost host = new MadeUpHost().programsEnd(1, "");
        Finding finding = new JdkCheck(new JdkOnPath(host, "/nonexistent:" + directory), GOOD).examine();
        assertEquals(java + " does not say what it is", finding.detail());
    }

    private Path executable(String name) throws Exception {
        return Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
