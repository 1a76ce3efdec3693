package dev.atoll.launcher.wiring;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import com.google.inject.Stage;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.log.LauncherLog;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.RunReport;
import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.supervise.ProgramRecords;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of the launcher that is not needed before the program starts. Made while the program starts, in a thread of
 * its own, since the libraries it takes cost as much time as the rest of the start.
 */
public final class Supervision {
    private static final long LAST_WORDS_MS = 1000;

    private final EventLoopGroup loop;
    private final ControlConnection control;
    private final Set<ReportSink> sinks;

    @Inject
    Supervision(EventLoopGroup loop, ControlConnection control, Set<ReportSink> sinks) {
        this.loop = loop;
        this.control = control;
        this.sinks = sinks;
    }

    /**
     * Wires the launcher.
     *
     * @param controlDescriptor the launcher's end of the control connection; owned from here on
     */
    public static Supervision begin(Settings settings, int controlDescriptor, ProgramRecords records, OpenLink link) {
        LauncherLog.configure(settings.log());
        Injector injector = Guice.createInjector(
                Stage.PRODUCTION,
                new LoopModule(),
                new ControlModule(controlDescriptor, records),
                new ReportModule(settings.statusFile()));
        Supervision supervision = injector.getInstance(Supervision.class);
        link.service().ifPresent(service -> service.start(supervision.loop));
        return supervision;
    }

    /** Reads what the program said before it ended. */
    public void awaitLastWords() {
        control.awaitEnd(LAST_WORDS_MS);
    }

    /** Tells everyone; one who cannot be told does not keep the others from it. */
    public void report(RunReport run) {
        Logger log = LoggerFactory.getLogger(Supervision.class);
        log.info("{}", run);
        for (ReportSink sink : sinks) {
            try {
                sink.report(run);
            } catch (IOException e) {
                log.warn("cannot report the run: {}", e.toString());
            }
        }
    }
}
