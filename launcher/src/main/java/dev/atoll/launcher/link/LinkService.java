package dev.atoll.launcher.link;

import io.netty.channel.IoEventLoopGroup;

/** The launcher's share in a link, run on the launcher's event loop. */
@FunctionalInterface
public interface LinkService {
    /** Begins; called once, when the loop runs. It ends with the link. */
    void start(IoEventLoopGroup loop);
}
