package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The launcher's event loop: control connection, the stream link's switch, its own stacks. */
public final class LoopModule extends AbstractModule {
    public LoopModule() {}

    @Provides
    @Singleton
    EventLoopGroup loop() {
        // Daemon threads: the launcher ends when the program has, whatever the loop has in hand.
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("atoll-launcher", true), EpollIoHandler.newFactory());
    }
}
