package dev.atoll.launcher.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.jvms.JvmNetwork;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.log.LauncherLog;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.supervise.Services;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services, wired by Guice when they are prepared. */
public final class WiredServices implements Services {
    /** A program that ends sooner than this after its start never pays for the services. */
    private static final Duration DELAY = Duration.ofMillis(300);

    /** The same where frames wait for the launcher: no longer than a program needs that only says hello. */
    private static final Duration DELAY_WITH_LINK = Duration.ofMillis(25);

    private final Settings settings;
    private final OpenLink link;
    private final @Nullable ControlConnection control;
    private final JvmNetwork jvms;
    private final Reports reports;
    private final List<ReportSink> providers;

    /** Set as soon as there is one, whatever fails afterwards. */
    private @Nullable Injector injector;

    private @Nullable ControlChannel controlChannel;

    /**
     * @param control that of the program, or null if the program is no JVM
     * @param jvms the link of JVMs that the program starts
     * @param providers sinks besides Atoll's own
     */
    public WiredServices(
            Settings settings,
            OpenLink link,
            @Nullable ControlConnection control,
            JvmNetwork jvms,
            Reports reports,
            List<ReportSink> providers) {
        this.settings = settings;
        this.link = link;
        this.control = control;
        this.jvms = jvms;
        this.reports = reports;
        this.providers = List.copyOf(providers);
    }

    @Override
    public boolean areNeeded() {
        return settings.log().file() != null || !providers.isEmpty() || link.isServiceAwaited();
    }

    @Override
    public Duration delay() {
        return link.service().isPresent() || control == null ? DELAY_WITH_LINK : DELAY;
    }

    @Override
    public synchronized void prepare() {
        tameLibraries();
        injector = Guice.createInjector(
                Stage.DEVELOPMENT,
                new RunModule(settings, link, reports),
                new LogModule(),
                new LoopModule(),
                new ReportModule(providers));
        // The log first: the others write to it.
        injector.getInstance(LauncherLog.class);
        if (control != null) {
            controlChannel = new ControlChannel(injector.getInstance(IoEventLoopGroup.class), control);
        }
    }

    @Override
    public synchronized void open() throws IOException {
        Injector made = Objects.requireNonNull(injector, "prepare comes first");
        Logger log = LoggerFactory.getLogger(WiredServices.class);
        Set<ReportSink> sinks = made.getInstance(Key.get(new TypeLiteral<Set<ReportSink>>() {}));
        reports.attach(new ArrayList<>(sinks), log::warn);
        IoEventLoopGroup loop = made.getInstance(IoEventLoopGroup.class);
        if (controlChannel != null) {
            controlChannel.open();
        }
        link.service().ifPresent(service -> service.start(loop));
        jvms.started(loop);
        log.debug("services are up");
    }

    /** Before their first use: what they would do that an application server may want and a user's terminal does not. */
    private static void tameLibraries() {
        // Guice would write classes, through sun.misc.Unsafe, of which JDK 24 and later warn on stderr.
        System.setProperty("guice_bytecode_gen_option", "DISABLED");
        // Netty would ask all interfaces for a hardware address, and warn of a host without one. It is for the ids of
        // channels, which nobody sees.
        System.setProperty("io.netty.machineId", "00:00:00:00:00:00");
    }

    @Override
    public synchronized boolean drain() {
        return controlChannel == null || controlChannel.awaitEnd();
    }

    @Override
    public synchronized void finish() {
        if (injector != null) {
            injector.getInstance(LauncherLog.class).close();
        }
    }
}
