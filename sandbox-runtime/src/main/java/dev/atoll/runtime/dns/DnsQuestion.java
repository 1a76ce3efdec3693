package dev.atoll.runtime.dns;

import dev.atoll.stack.env.Check;

/**
 * What is asked of a name server.
 *
 * @param name a valid name
 * @param type what is wanted of it
 */
public record DnsQuestion(String name, Type type) {
    /** The record types we ask for, with their numbers (IANA, DNS parameters). */
    public enum Type {
        A(1),
        PTR(12),
        AAAA(28);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    public DnsQuestion {
        Check.argument(DnsName.isValid(name), "name", name, "a domain name");
    }
}
