package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The one event loop: control connection, links, the launcher's own stacks. */
final class LoopModule extends AbstractModule {
    @Provides
    @Singleton
    IoEventLoopGroup loop() {
        NettyLibrary.load();
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("atoll-loop", true), EpollIoHandler.newFactory());
    }
}
