package dev.atoll.stack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.atoll.testing.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The order of the packages, and what protocol code may not touch. */
class ArchitectureTest {
    private static final String ROOT = "dev.atoll.stack";

    /** Lowest first: a package uses only those before it. */
    private static final List<String> ORDER = List.of(
            "archive",
            "env",
            "buffer",
            "wire",
            "congestion",
            "options",
            "link",
            "protocol",
            "filter",
            "nic",
            "ip",
            "transport",
            "tcp",
            "udp",
            "icmp",
            "raw",
            "ndp",
            "group",
            "dhcp",
            "hold",
            "socket",
            "endpoint");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void theRulesSeeTheStack() {
        assertTrue(CLASSES.size() > 100, "only " + CLASSES.size() + " classes were imported");
    }

    /** The transport protocols are siblings, whatever their place in the list. */
    @TestFactory
    Stream<DynamicTest> packages_dependOnlyOnLowerOnes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < ORDER.size(); i++) {
            String lower = ROOT + "." + ORDER.get(i) + "..";
            String[] higher = Stream.concat(
                            ORDER.subList(i + 1, ORDER.size()).stream().map(name -> ROOT + "." + name + ".."),
                            Stream.of(ROOT))
                    .toArray(String[]::new);
            tests.add(DynamicTest.dynamicTest(ORDER.get(i), () -> noClasses()
                    .that()
                    .resideInAPackage(lower)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(higher)
                    .check(CLASSES)));
        }
        tests.add(DynamicTest.dynamicTest("tcp and udp", () -> noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".udp..", ROOT + ".icmp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".tcp..")
                .check(CLASSES)));
        return tests.stream();
    }

    @Test
    void everyPackageIsInTheOrder() {
        classes()
                .should()
                .resideInAnyPackage(Stream.concat(ORDER.stream().map(name -> ROOT + "." + name), Stream.of(ROOT))
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    @Requirement("features A3")
    void nothingReadsAClockStartsAThreadOrOpensASocket() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.Random|java\\.security\\.SecureRandom"
                        + "|java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.time\\.(Clock|Instant)"
                        + "|java\\.net\\..*|java\\.nio\\.channels\\..*")
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .check(CLASSES);
    }

    @Test
    @Requirement("pain 14")
    void onlyJavaBaseAndTheNullnessAnnotations() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "..",
                        "java.lang..",
                        "java.util..",
                        "java.nio",
                        "java.nio.charset",
                        "java.io",
                        "org.jspecify..")
                .check(CLASSES);
    }
}
