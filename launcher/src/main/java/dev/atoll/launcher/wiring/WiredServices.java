package dev.atoll.launcher.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.log.LauncherLog;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.supervise.ControlReader;
import dev.atoll.launcher.supervise.Services;
import io.netty.channel.IoEventLoopGroup;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services, wired by Guice when they are started. Used by one thread at a time. */
public final class WiredServices implements Services {
    private final Settings settings;
    private final OpenLink link;
    private final ControlReader control;
    private final Reports reports;
    private @Nullable Injector injector;

    public WiredServices(Settings settings, OpenLink link, ControlReader control, Reports reports) {
        this.settings = settings;
        this.link = link;
        this.control = control;
        this.reports = reports;
    }

    /** Whether even the shortest run needs them. */
    public static boolean areNeeded(Settings settings, OpenLink link) {
        return settings.log().file() != null || link.service().isPresent() || ReportModule.hasProviders();
    }

    @Override
    public synchronized void start() {
        Injector made = Guice.createInjector(
                Stage.DEVELOPMENT,
                new RunModule(settings, link, control, reports),
                new LogModule(),
                new LoopModule(),
                new ReportModule());
        // The log first: the others write to it.
        made.getInstance(LauncherLog.class);
        Logger log = LoggerFactory.getLogger(WiredServices.class);
        Set<ReportSink> sinks = made.getInstance(Key.get(new TypeLiteral<Set<ReportSink>>() {}));
        reports.attach(new ArrayList<>(sinks), log::warn);
        IoEventLoopGroup loop = made.getInstance(IoEventLoopGroup.class);
        made.getInstance(ControlChannel.class).open();
        link.service().ifPresent(service -> service.start(loop));
        injector = made;
        log.debug("services are up");
    }

    @Override
    public synchronized void drain() {
        if (injector != null) {
            injector.getInstance(ControlChannel.class).awaitEnd();
        }
    }

    @Override
    public synchronized void finish() {
        if (injector != null) {
            injector.getInstance(LauncherLog.class).close();
        }
    }
}
