package dev.atoll.shim;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import org.junit.jupiter.api.Test;

/** What the shim may use. */
class ArchitectureTest {
    /** Fewer classes than this mean that the rules looked at the wrong place. */
    private static final int FLOOR = 40;

    private static final JavaClasses SHIM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.atoll.shim");

    @Test
    void shim_usesTheJdkTheStackAndTheBridgeOnly() {
        assertTrue(SHIM.size() >= FLOOR, () -> "only " + SHIM.size() + " classes");
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.io..",
                        "java.net..",
                        "java.nio..",
                        "java.security..",
                        "java.util..",
                        "dev.atoll.stack..",
                        "dev.atoll.bridge..",
                        "dev.atoll.shim..",
                        "org.jspecify..")
                .check(SHIM);
    }

    @Test
    void stackItself_isUsedByItsOneDoorOnly() {
        noClasses()
                .that()
                .doNotHaveSimpleName("StackSockets")
                .and()
                .doNotHaveSimpleName("SocketsOfStack")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Stack.class, Nic.class)
                .check(SHIM);
    }

    @Test
    void monitors_ofTheSelectorAside_areNotWaitedWith() {
        // Parking happens in three places; a fourth would need the same thought about locks.
        classes()
                .that()
                .haveNameNotMatching(".*\\.(Waiters(\\$Wait)?|AtollSelector|Linger)")
                .should()
                .onlyDependOnClassesThat()
                .doNotHaveFullyQualifiedName("java.util.concurrent.locks.LockSupport")
                .check(SHIM);
    }
}
