package dev.atoll.launcher.report;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The sinks that the class path brings. */
public final class ProvidedSinks {
    private ProvidedSinks() {}

    /**
     * Makes one of each.
     *
     * @throws LaunchException if a provider is there and cannot be made
     */
    public static List<ReportSink> load() throws LaunchException {
        List<ReportSink> sinks = new ArrayList<>();
        try {
            for (ReportSink sink : ServiceLoader.load(ReportSink.class, ProvidedSinks.class.getClassLoader())) {
                sinks.add(sink);
            }
        } catch (ServiceConfigurationError e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "a report sink cannot be used: " + e.getMessage(), e);
        }
        return sinks;
    }
}
