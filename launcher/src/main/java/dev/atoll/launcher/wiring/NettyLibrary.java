package dev.atoll.launcher.wiring;

import dev.atoll.launcher.sys.LibraryCache;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's native library from the user's cache, instead of from a file of each run's own that Netty unpacks, and that a
 * launcher killed before it has removed it would leave.
 *
 * <p>It has to be loaded while {@code Native} is being initialized. After that it is too late, and before it too early: the
 * library looks the class up as it is loaded, which initializes the class, which does not find its methods yet and unpacks.
 * The first thing that initialization does is to ask for a logger, so that is when.
 */
final class NettyLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLibrary.class);
    private static final String RESOURCE = "/META-INF/native/libnetty_transport_native_epoll_x86_64.so";
    private static final String USER = "io.netty.channel.epoll.Native";

    private NettyLibrary() {}

    /** Before anything else of Netty's epoll. If it does not work Netty has its own ways, and its own words if they fail. */
    static void load() {
        Path library = LibraryCache.file(RESOURCE);
        if (library == null) {
            return;
        }
        InternalLoggerFactory.setDefaultFactory(new Occasion(InternalLoggerFactory.getDefaultFactory(), library));
        try {
            Class.forName(USER);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("Netty's epoll is not there", e);
        }
    }

    /** Loads the library the first time a logger is asked for. */
    private static final class Occasion extends InternalLoggerFactory {
        private final InternalLoggerFactory usual;
        private final Path library;

        Occasion(InternalLoggerFactory usual, Path library) {
            this.usual = usual;
            this.library = library;
        }

        @Override
        protected InternalLogger newInstance(String name) {
            setDefaultFactory(usual);
            try {
                System.load(library.toString());
            } catch (UnsatisfiedLinkError e) {
                // A file system that nothing may be executed from, say.
                LOG.debug("Netty's library is not loaded from {}: {}", library, e.getMessage());
            }
            return getInstance(name);
        }
    }
}
