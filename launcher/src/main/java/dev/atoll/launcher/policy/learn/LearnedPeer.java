package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.wire.Subnet;

/** Who is at the other end, as a rule says it. Networks come first, by address, then names, those with internal addresses last. */
sealed interface LearnedPeer extends Comparable<LearnedPeer> {
    /** What one rule has of: it cannot have both, and internal addresses are its whole. */
    enum Kind {
        NETWORK,
        HOST,
        INTERNAL_HOST
    }

    Kind kind();

    /** Addresses that have no name. */
    record Network(Subnet subnet) implements LearnedPeer {
        @Override
        public Kind kind() {
            return Kind.NETWORK;
        }
    }

    /**
     * A name, or a family of them.
     *
     * @param name {@code api.example.com} or {@code *.example.com}
     * @param internal whether it had an address that rules open only if they say so
     */
    record Host(String name, boolean internal) implements LearnedPeer {
        @Override
        public Kind kind() {
            return internal ? Kind.INTERNAL_HOST : Kind.HOST;
        }
    }

    @Override
    default int compareTo(LearnedPeer other) {
        if (this instanceof Network network && other instanceof Network of) {
            int byAddress = network.subnet().network().compareTo(of.subnet().network());
            return byAddress != 0
                    ? byAddress
                    : Integer.compare(
                            network.subnet().prefixLength(), of.subnet().prefixLength());
        }
        if (this instanceof Host host && other instanceof Host of && host.internal() == of.internal()) {
            return host.name().compareTo(of.name());
        }
        return kind().compareTo(other.kind());
    }
}
