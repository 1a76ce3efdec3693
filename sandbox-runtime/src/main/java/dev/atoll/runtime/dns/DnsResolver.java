package dev.atoll.runtime.dns;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.socket.NameService;
import dev.atoll.stack.socket.NameService.UnknownNameException.Reason;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up as a C library would: literals, the hosts file, {@code localhost}, this host's own name, then the name
 * servers with the search suffixes, over the stack's own endpoints, so that the policy sees it all. What has several addresses
 * has them in the order of RFC 6724, but for this host's own, which stay in theirs.
 *
 * <p>Keeps no answers: the JDK does that above. Any thread; a lookup takes at most servers × attempts × timeout for each
 * name tried.
 */
public final class DnsResolver implements NameService {
    private static final String LOCALHOST = "localhost";

    /** What a server would answer (RFC 1035 section 4.1.1). */
    private static final String REFUSED = "REFUSED: ";

    private final Stack stack;
    private final ResolverOptions options;
    private final HostsFile hosts;
    private final DnsCounters counters = new DnsCounters();
    private final DnsClient client;
    private final NameTable names;

    /**
     * @param stack whose endpoints ask, and whose sources put addresses in order
     * @param rng strong, and safe for use by several threads
     * @param names says which names may be asked for, and is told of the answers
     */
    public DnsResolver(Stack stack, Rng rng, ResolverOptions options, NameTable names) {
        this.stack = stack;
        this.options = options;
        this.names = names;
        hosts = new HostsFile(options.hosts());
        client = new DnsClient(stack, rng, options, counters);
    }

    public DnsCounters counters() {
        return counters;
    }

    @Override
    public String localHostName() {
        return options.localHostName();
    }

    @Override
    public List<IpAddress> lookup(String name) throws UnknownNameException {
        List<IpAddress> known = lookupHere(name);
        if (!known.isEmpty()) {
            return known;
        }
        if (!DnsName.isValid(name)) {
            throw new UnknownNameException(name, Reason.NOT_KNOWN, null);
        }
        String failure = null;
        Origin refusal = null;
        boolean exists = false;
        for (String candidate : candidates(name)) {
            Origin refused = names.refuse(candidate);
            if (refused != null) {
                refusal = refused;
                continue;
            }
            List<DnsOutcome> outcomes = client.ask(questions(candidate));
            boolean unheard = false;
            List<IpAddress> found = new ArrayList<>();
            for (DnsOutcome outcome : outcomes) {
                if (outcome instanceof DnsOutcome.Answered answered) {
                    names.answered(candidate, answered.response());
                    found.addAll(usable(answered.response().addresses()));
                    exists |= answered.response().responseCode() == DnsResponse.NOERROR;
                } else if (outcome instanceof DnsOutcome.Failed failed) {
                    failure = failed.why();
                    unheard |= !failed.answered();
                }
            }
            if (!found.isEmpty()) {
                return inOrder(found);
            }
            if (unheard) {
                // Where nobody can be asked every suffix would take its time, and a later one could be another host's.
                break;
            }
        }
        if (refusal != null && failure == null && !exists) {
            throw new UnknownNameException(name, Reason.NOT_KNOWN, REFUSED + refusal);
        }
        throw unknown(name, failure, exists);
    }

    /** One name server's silence is no proof that a name does not exist, whatever others said of other suffixes. */
    private static UnknownNameException unknown(String name, @Nullable String failure, boolean exists) {
        if (failure != null) {
            return new UnknownNameException(name, Reason.TEMPORARY, failure);
        }
        return new UnknownNameException(name, exists ? Reason.NO_ADDRESS : Reason.NOT_KNOWN, null);
    }

    /** What needs no server; empty if one must be asked. */
    private List<IpAddress> lookupHere(String name) {
        IpAddress literal = literalOrNull(name);
        if (literal != null) {
            return List.of(literal);
        }
        String bare = DnsName.withoutRoot(name).toLowerCase(Locale.ROOT);
        boolean own = bare.equals(options.localHostName().toLowerCase(Locale.ROOT));
        List<IpAddress> listed = usable(hosts.lookup(name));
        if (!listed.isEmpty()) {
            return own ? listed : inOrder(listed);
        }
        // RFC 6761 section 6.3: localhost and what is under it never leave the host.
        if (bare.equals(LOCALHOST) || bare.endsWith("." + LOCALHOST)) {
            return options.ipv6Loopback()
                    ? inOrder(List.of(IpAddress.V4_LOOPBACK, IpAddress.V6_LOOPBACK))
                    : List.of(IpAddress.V4_LOOPBACK);
        }
        return own ? options.localAddresses() : List.of();
    }

    private List<IpAddress> inOrder(List<IpAddress> addresses) {
        return addresses.size() < 2 ? addresses : DestinationOrder.sort(addresses, DestinationOrder.of(stack));
    }

    private static @Nullable IpAddress literalOrNull(String name) {
        if (name.isEmpty() || (name.indexOf(':') < 0 && !Character.isDigit(name.charAt(0)))) {
            return null;
        }
        try {
            return IpAddress.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** An address that the stack has no way to would only be something to fail on. */
    private List<IpAddress> usable(List<IpAddress> addresses) {
        return addresses.stream().filter(this::isUsable).toList();
    }

    private boolean isUsable(IpAddress address) {
        return address.isV4() || options.ipv6() || (address.isLoopback() && options.ipv6Loopback());
    }

    private List<DnsQuestion> questions(String name) {
        DnsQuestion v4 = new DnsQuestion(name, DnsQuestion.Type.A);
        return options.ipv6() ? List.of(v4, new DnsQuestion(name, DnsQuestion.Type.AAAA)) : List.of(v4);
    }

    /** The names to try in turn (resolv.conf(5), {@code search} and {@code ndots}). */
    private List<String> candidates(String name) {
        if (name.endsWith(".") || options.search().isEmpty()) {
            return List.of(name);
        }
        LinkedHashSet<String> candidates = new LinkedHashSet<>();
        boolean asItIsFirst = name.chars().filter(c -> c == '.').count() >= options.dots();
        if (asItIsFirst) {
            candidates.add(name);
        }
        for (String suffix : options.search()) {
            String joined = name + "." + suffix;
            if (DnsName.isValid(joined)) {
                candidates.add(joined);
            }
        }
        candidates.add(name);
        return List.copyOf(candidates);
    }

    @Override
    public String reverse(IpAddress address) throws UnknownNameException {
        String listed = hosts.reverse(address);
        if (listed != null) {
            return listed;
        }
        if (address.isLoopback()) {
            return LOCALHOST;
        }
        if (options.localAddresses().contains(address)) {
            return options.localHostName();
        }
        DnsQuestion question = new DnsQuestion(DnsName.ofAddress(address), DnsQuestion.Type.PTR);
        Origin refusal = names.refuse(question.name());
        if (refusal != null) {
            throw new UnknownNameException(address.toString(), Reason.NOT_KNOWN, REFUSED + refusal);
        }
        DnsOutcome outcome = client.ask(List.of(question)).get(0);
        if (outcome instanceof DnsOutcome.Answered answered) {
            for (String name : answered.response().pointers()) {
                // A program may put the name into a page or a log: nothing but a host name is let through.
                if (DnsName.isHostName(name)) {
                    return name;
                }
            }
            throw new UnknownNameException(address.toString(), Reason.NOT_KNOWN, null);
        }
        throw new UnknownNameException(address.toString(), Reason.TEMPORARY, ((DnsOutcome.Failed) outcome).why());
    }
}
