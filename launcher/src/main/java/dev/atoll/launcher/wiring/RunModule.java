package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.report.Reports;

/** What a run has made before anything was wired. */
final class RunModule extends AbstractModule {
    private final Settings settings;
    private final OpenLink link;
    private final Reports reports;

    RunModule(Settings settings, OpenLink link, Reports reports) {
        this.settings = settings;
        this.link = link;
        this.reports = reports;
    }

    @Override
    protected void configure() {
        bind(Settings.class).toInstance(settings);
        bind(OpenLink.class).toInstance(link);
        bind(Reports.class).toInstance(reports);
    }
}
