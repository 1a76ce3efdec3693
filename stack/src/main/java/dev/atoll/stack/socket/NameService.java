package dev.atoll.stack.socket;

import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names to addresses and back, for whoever puts a resolver interface over a stack. Any thread; calls block until there
 * is an answer or the implementation's own timeouts end them.
 */
public interface NameService {
    /**
     * The addresses of a host, in the order in which they should be tried, at least one.
     *
     * @param name a host name; a trailing dot means that nothing is to be appended to it
     * @throws UnknownNameException if there are none, or nobody could be asked
     */
    List<IpAddress> lookup(String name) throws UnknownNameException;

    /**
     * The name of a host.
     *
     * @throws UnknownNameException if it has none, or nobody could be asked
     */
    String reverse(IpAddress address) throws UnknownNameException;

    /** The name of the host that the stack is. */
    String localHostName();

    /** A name or address that could not be translated. */
    final class UnknownNameException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Why, in the terms of getaddrinfo(3) and with the words of gai_strerror(3), which programs already know. */
        public enum Reason {
            /** There is no such name (EAI_NONAME). */
            NOT_KNOWN("Name or service not known"),
            /** The name exists, but not as that of a host (EAI_NODATA). */
            NO_ADDRESS("No address associated with hostname"),
            /** Nobody could be asked, or nobody knew at this time: trying later makes sense (EAI_AGAIN). */
            TEMPORARY("Temporary failure in name resolution");

            private final String text;

            Reason(String text) {
                this.text = text;
            }

            /** The words of gai_strerror(3). */
            public String text() {
                return text;
            }
        }

        private final String name;
        private final Reason reason;
        private final @Nullable String detail;

        /**
         * @param name what was asked for
         * @param detail what was tried, or the policy rule that decided; follows the reason in parentheses
         */
        public UnknownNameException(String name, Reason reason, @Nullable String detail) {
            super(name + ": " + reason.text() + (detail == null ? "" : " (" + detail + ")"));
            this.name = name;
            this.reason = reason;
            this.detail = detail;
        }

        /** The name or address asked for. */
        public String name() {
            return name;
        }

        public Reason reason() {
            return reason;
        }

        /** What was tried or what decided, or null where the reason says all. */
        public @Nullable String detail() {
            return detail;
        }
    }
}
