package dev.atoll.stack.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/conformance.md} to the catalogues and the tests; {@code -Datoll.write} writes it anew. */
class ConformanceTest {
    private static final Path PAGE = Path.of("../docs/conformance.md");
    private static final Path CATALOGUES = Path.of("src/test/resources/conformance");
    private static final Path SCRIPTS = Path.of("src/test/resources/packetdrill");
    private static final Path CLASSES = Path.of("target/test-classes");

    private final Map<String, Catalogue> catalogues;
    private final Proofs proofs;

    ConformanceTest() throws IOException {
        catalogues = Catalogue.readAll(CATALOGUES);
        proofs = Proofs.collect(CLASSES, SCRIPTS);
    }

    @Test
    void page_saysWhatCataloguesAndTestsSay() throws IOException {
        String made = new ConformancePage(catalogues.values(), proofs).text();
        if (System.getProperty("atoll.write") != null) {
            Files.writeString(PAGE, made);
        }
        assertEquals(made, Files.readString(PAGE), "mvn test -pl stack -am -Dtest=ConformanceTest -Datoll.write");
    }

    @Test
    void whatATestProves_isInACatalogue() {
        List<String> unknown = new ArrayList<>();
        for (String requirement : proofs.requirements()) {
            boolean known = catalogues.values().stream()
                    .anyMatch(catalogue -> requirement.startsWith(catalogue.name() + " ")
                            && catalogue
                                    .entries()
                                    .containsKey(requirement.substring(
                                            catalogue.name().length() + 1)));
            if (!known) {
                unknown.add(requirement + " of " + proofs.of(requirement));
            }
        }
        assertEquals(List.of(), unknown);
    }

    @Test
    void whatIsUnmet_isNoMust() {
        for (Catalogue catalogue : catalogues.values()) {
            for (Catalogue.Entry entry : catalogue.entries().values()) {
                boolean fine = !entry.is("unmet") || !entry.level().equals("MUST");
                assertTrue(fine, catalogue.name() + " " + entry.id() + " is a MUST");
                boolean shown = !proofs.of(catalogue.name() + " " + entry.id()).isEmpty();
                assertTrue(!shown || !entry.is("unmet"), entry.id() + " is unmet and yet has a test");
            }
        }
    }
}
