package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /** A check of a test's choice. */
    private interface Examination {
        Finding examine() throws IOException;
    }

    @Test
    void run_nothingMissing_provesItAndSaysWhichLinks() {
        int exitCode = run(
                check("proof", () -> Finding.ok("ran")),
                check("one", () -> Finding.ok("there")),
                check("the other", () -> Finding.warn("less", "do this")));
        assertEquals("""
                ok       one        there
                warn     the other  less
                         do this
                ok       proof      ran
                Programs can run here, with --link stream or none.
                """, text());
        assertEquals(0, exitCode);
    }

    @Test
    void run_somethingMissing_namesItAndProvesNothing() {
        int exitCode = run(
                check("proof", () -> {
                    throw new AssertionError("not to be examined");
                }),
                check("one", () -> Finding.missing("gone", "get it")),
                check("two", () -> Finding.ok("there")),
                check("three", () -> Finding.missing("gone", "")));
        assertEquals("""
                missing  one    gone
                         get it
                ok       two    there
                missing  three  gone
                Programs cannot run here, see above: one, three.
                """, text());
        assertEquals(121, exitCode);
    }

    @Test
    void run_proofFails_isTheVerdict() {
        assertEquals(121, run(check("proof", () -> Finding.missing("it ended", ""))));
        assertEquals("missing  proof  it ended\nPrograms cannot run here, see above: proof.\n", text());
    }

    @Test
    void run_checkThatThrows_isALine() {
        int exitCode = run(
                check("proof", () -> Finding.ok("ran")),
                check("io", () -> {
                    throw new IOException("no disk\nat all");
                }),
                check("bug", () -> {
                    throw new IllegalStateException("oops");
                }),
                check("native", () -> {
                    throw new UnsatisfiedLinkError("no library");
                }));
        assertEquals("""
                warn     io      could not be examined: java.io.IOException: no disk; at all
                warn     bug     could not be examined: java.lang.IllegalStateException: oops
                warn     native  could not be examined: java.lang.UnsatisfiedLinkError: no library
                ok       proof   ran
                Programs can run here, with --link stream or none.
                """, text());
        assertEquals(0, exitCode);
    }

    @Test
    void run_proofThatThrows_provesNothing() {
        assertEquals(121, run(check("proof", () -> {
            throw new IOException("no disk");
        })));
    }

    private int run(Check proof, Check... checks) {
        return new Doctor(List.of(checks), proof, new PrintStream(output, true, StandardCharsets.UTF_8)).run();
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private static Check check(String subject, Examination examination) {
        return new Check() {
            @Override
            public String subject() {
                return subject;
            }

            @Override
            public Finding examine() throws IOException {
                return examination.examine();
            }
        };
    }
}
