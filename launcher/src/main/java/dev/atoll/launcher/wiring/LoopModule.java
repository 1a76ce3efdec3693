package dev.atoll.launcher.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.atoll.launcher.sys.LibraryCache;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one event loop: control connection, links, the launcher's own stacks. */
final class LoopModule extends AbstractModule {
    private static final Logger LOG = LoggerFactory.getLogger(LoopModule.class);
    private static final String LIBRARY = "/META-INF/native/libnetty_transport_native_epoll_x86_64.so";

    @Provides
    @Singleton
    IoEventLoopGroup loop() {
        loadLibrary();
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("atoll-loop", true), EpollIoHandler.newFactory());
    }

    /** Netty finds its library loaded then, and does not unpack it to a file that a killed launcher would leave. */
    private static void loadLibrary() {
        Path library = LibraryCache.file(LIBRARY);
        if (library == null) {
            return;
        }
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            // A file system that nothing may be executed from, say. Netty has its own ways, and its own words if they
            // fail.
            LOG.debug("Netty's library is not loaded from {}: {}", library, e.getMessage());
        }
    }
}
