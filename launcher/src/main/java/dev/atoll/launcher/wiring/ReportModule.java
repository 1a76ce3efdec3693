package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import dev.atoll.launcher.log.LogSink;
import dev.atoll.launcher.report.ReportSink;
import java.util.ServiceLoader;

/** The sinks of reports: the log, and whatever providers the class path has. */
final class ReportModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder<ReportSink> sinks = Multibinder.newSetBinder(binder(), ReportSink.class);
        sinks.addBinding().to(LogSink.class);
        for (ReportSink sink : ServiceLoader.load(ReportSink.class, ReportModule.class.getClassLoader())) {
            sinks.addBinding().toInstance(sink);
        }
    }

    /** Whether there are sinks besides Atoll's own, for which even the shortest run is reported. */
    static boolean hasProviders() {
        return ServiceLoader.load(ReportSink.class, ReportModule.class.getClassLoader()).stream()
                .findAny()
                .isPresent();
    }
}
