/**
 * Neighbour discovery and what a host configures by itself over IPv6: resolution (RFC 4861), duplicate address
 * detection and autoconfiguration (RFC 4862), router discovery and redirects.
 */
@NullMarked
package dev.atoll.stack.ndp;

import org.jspecify.annotations.NullMarked;
