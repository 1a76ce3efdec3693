package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import dev.atoll.launcher.log.LogSink;
import dev.atoll.launcher.report.ReportSink;
import java.util.List;

/** The sinks of reports: the log, and whatever providers the class path has. */
final class ReportModule extends AbstractModule {
    private final List<ReportSink> providers;

    ReportModule(List<ReportSink> providers) {
        this.providers = providers;
    }

    @Override
    protected void configure() {
        Multibinder<ReportSink> sinks = Multibinder.newSetBinder(binder(), ReportSink.class);
        sinks.addBinding().to(LogSink.class);
        for (ReportSink sink : providers) {
            sinks.addBinding().toInstance(sink);
        }
    }
}
