package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.supervise.ProgramRecords;
import io.netty.channel.EventLoopGroup;

/** The control connection and what is said on it. */
public final class ControlModule extends AbstractModule {
    private final int descriptor;
    private final ProgramRecords records;

    /** Takes the launcher's end of the connection over. */
    public ControlModule(int descriptor, ProgramRecords records) {
        this.descriptor = descriptor;
        this.records = records;
    }

    @Override
    protected void configure() {
        bind(ProgramRecords.class).toInstance(records);
    }

    @Provides
    @Singleton
    ControlConnection connection(EventLoopGroup loop) {
        return ControlConnection.open(descriptor, loop, records);
    }
}
