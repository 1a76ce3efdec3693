/** The command {@code demo}: a web server on the link, a client in the sandbox, and a policy between them. */
@NullMarked
package dev.atoll.launcher.demo;

import org.jspecify.annotations.NullMarked;
