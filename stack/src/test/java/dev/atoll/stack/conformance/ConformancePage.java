package dev.atoll.stack.conformance;

import java.util.Collection;
import java.util.List;

/** {@code docs/conformance.md} as text. */
final class ConformancePage {
    private static final String INTRODUCTION = """
            # Conformance

            What the RFCs ask of a host, what users ask of a network stack, and the test that shows it. Made from the catalogues in
            `stack/src/test/resources/conformance` and from tests that name a requirement, by `ConformanceTest`, which also holds
            this page to them; `mvn test -pl stack -am -Dtest=ConformanceTest -Datoll.write` writes it anew. Ids are those of the
            RFC where it has some, else section and number. Where no RFC says so, MUST is what programs written for other stacks
            rely on, and SHOULD what some stacks have besides. Tests are of the module `stack` unless it is said of which; names
            that end in `.pkt` are scripts below `stack/src/test/resources/packetdrill`.

            """;

    private final Collection<Catalogue> catalogues;
    private final Proofs proofs;

    ConformancePage(Collection<Catalogue> catalogues, Proofs proofs) {
        this.catalogues = catalogues;
        this.proofs = proofs;
    }

    String text() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append(
                "| source | requirements | shown | unmet | not for us | no test yet |\n|---|---|---|---|---|---|\n");
        for (Catalogue catalogue : catalogues) {
            summarize(page, catalogue);
        }
        for (Catalogue catalogue : catalogues) {
            page.append("\n## ").append(catalogue.title()).append("\n\n");
            page.append("| id | level | section | what is asked for | shown by |\n|---|---|---|---|---|\n");
            for (Catalogue.Entry entry : catalogue.entries().values()) {
                page.append("| ")
                        .append(String.join(
                                " | ",
                                entry.id(),
                                entry.level(),
                                entry.section(),
                                entry.text().replace("|", "\\|"),
                                shownBy(catalogue, entry)))
                        .append(" |\n");
            }
        }
        return page.toString();
    }

    private void summarize(StringBuilder page, Catalogue catalogue) {
        int shown = 0;
        int unmet = 0;
        int notHere = 0;
        for (Catalogue.Entry entry : catalogue.entries().values()) {
            if (entry.is("unmet")) {
                unmet++;
            } else if (entry.is("not here")) {
                notHere++;
            } else if (entry.is("elsewhere") || !tests(catalogue, entry).isEmpty()) {
                shown++;
            }
        }
        int all = catalogue.entries().size();
        page.append(String.format(
                "| %s | %d | %d | %d | %d | %d |%n",
                catalogue.title(), all, shown, unmet, notHere, all - shown - unmet - notHere));
    }

    private List<String> tests(Catalogue catalogue, Catalogue.Entry entry) {
        return proofs.of(catalogue.name() + " " + entry.id());
    }

    private String shownBy(Catalogue catalogue, Catalogue.Entry entry) {
        List<String> tests = tests(catalogue, entry);
        String remark = entry.remark().replaceFirst("^elsewhere: ", "");
        if (tests.isEmpty()) {
            return remark.isEmpty() ? "no test yet" : remark;
        }
        return "`" + String.join("`, `", tests) + "`" + (remark.isEmpty() ? "" : "; " + remark);
    }
}
