package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import dev.atoll.launcher.report.ReportSink;
import dev.atoll.launcher.report.StatusFile;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Who is told of the run: the status file, and every sink that a provider brings. */
public final class ReportModule extends AbstractModule {
    private final @Nullable Path statusFile;

    public ReportModule(@Nullable Path statusFile) {
        this.statusFile = statusFile;
    }

    @Override
    protected void configure() {
        Multibinder<ReportSink> sinks = Multibinder.newSetBinder(binder(), ReportSink.class);
        if (statusFile != null) {
            sinks.addBinding().toInstance(new StatusFile(statusFile));
        }
        for (ReportSink provided : ServiceLoader.load(ReportSink.class, ReportModule.class.getClassLoader())) {
            sinks.addBinding().toInstance(provided);
        }
    }
}
