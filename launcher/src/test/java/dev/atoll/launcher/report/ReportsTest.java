package dev.atoll.launcher.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.runtime.control.ControlRecord.Denial;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said before anybody hears it, and sinks that fail. */
class ReportsTest {
    private final Reports reports = new Reports();
    private final List<String> heard = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private final ReportSink listener = new ReportSink() {
        @Override
        public void denied(Denial denial) {
            heard.add(denial.what());
        }

        @Override
        public void ended(Outcome outcome) {
            heard.add("ended");
        }
    };

    @Test
    void eventsBeforeSinks_areHeardInOrder() {
        reports.received(denial("1"));
        reports.received(denial("2"));
        reports.attach(List.of(listener), problems::add);
        reports.received(denial("3"));
        reports.ended(new Outcome(Outcome.Kind.EXITED, 0, "", 3));

        assertEquals(List.of("1", "2", "3", "ended"), heard);
        assertEquals(3, reports.denials());
        assertEquals(List.of(), problems);
    }

    @Test
    void eventsBeforeSinks_moreThanWait_areCountedAndMissedAloud() {
        for (int i = 0; i < 300; i++) {
            reports.received(denial("x"));
        }
        reports.attach(List.of(listener), problems::add);

        assertEquals(256, heard.size());
        assertEquals(300, reports.denials());
        assertEquals(
                List.of("44 events came before anybody could be told, and are missing from the reports"), problems);
    }

    @Test
    void sinkFails_othersHear_andTheLogSaysWho() {
        ReportSink faulty = new ReportSink() {
            @Override
            public void denied(Denial denial) {
                throw new NoSuchMethodError("built for another Atoll");
            }
        };
        reports.attach(List.of(faulty, listener), problems::add);
        reports.received(denial("1"));

        assertEquals(List.of("1"), heard);
        assertEquals(
                List.of("report sink " + faulty.getClass().getName()
                        + " failed: java.lang.NoSuchMethodError: built for another Atoll"),
                problems);
    }

    private static Denial denial(String what) {
        return new Denial("rule", what, "");
    }
}
