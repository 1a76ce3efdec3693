package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.log.LauncherLog;

/** The launcher's log. */
final class LogModule extends AbstractModule {
    @Provides
    @Singleton
    LauncherLog log(Settings settings) {
        return LauncherLog.open(settings.log());
    }
}
