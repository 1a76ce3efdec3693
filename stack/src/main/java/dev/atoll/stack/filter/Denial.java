package dev.atoll.stack.filter;

import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import org.jspecify.annotations.Nullable;

/**
 * A packet that the filter ended.
 *
 * @param origin the rule or policy that decided; null if the connection table was full
 * @param protocol IANA protocol number
 * @param source with port 0 for a protocol that has none
 * @param destination as {@code source}
 * @param opens whether it would have begun something, and is no answer or part of what is known
 * @param kind DROP or REJECT
 * @param caller whose code has opened what sent it, or what it belongs to, if that is known
 */
public record Denial(
        @Nullable Origin origin,
        Hook hook,
        int protocol,
        FullAddress source,
        FullAddress destination,
        boolean opens,
        Verdict.Kind kind,
        SocketCaller caller) {}
