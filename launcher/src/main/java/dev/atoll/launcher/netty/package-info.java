/** The launcher's own stacks on Netty's epoll loop. */
@NullMarked
package dev.atoll.launcher.netty;

import org.jspecify.annotations.NullMarked;
