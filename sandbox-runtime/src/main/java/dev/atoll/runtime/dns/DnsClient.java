package dev.atoll.runtime.dns;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers, one after the other, until each question has a result or all have been asked as often as the
 * options say.
 *
 * <p>Each server is asked from an endpoint of its own, connected to it: its port is one no off-path sender can know (RFC
 * 5452, RFC 6056), answers of others do not arrive, and an ICMP error from it is heard at once.
 *
 * <p>A server is asked with EDNS (RFC 6891) until it says that it does not understand, or is silent to questions with it and
 * answers one without; then it is asked without for a while. Over TCP there is nothing that EDNS would tell it.
 *
 * <p>Any thread; blocks.
 */
final class DnsClient {
    private static final String TIMED_OUT = "no answer in time";

    private final Stack stack;
    private final Rng rng;
    private final ResolverOptions options;
    private final DnsCounters counters;
    private final PlainServers plain = new PlainServers();

    /** Lookups so far; says who is asked first where servers take turns. */
    private final AtomicInteger lookups = new AtomicInteger();

    /** @param rng strong, and safe for use by several threads */
    DnsClient(Stack stack, Rng rng, ResolverOptions options, DnsCounters counters) {
        this.stack = stack;
        this.rng = rng;
        this.options = options;
        this.counters = counters;
    }

    /** One question under way. */
    private static final class Pending {
        final DnsQuestion question;
        final int index;
        int id;
        boolean edns;
        boolean sent;

        Pending(DnsQuestion question, int index) {
            this.question = question;
            this.index = index;
        }

        /** Makes it a new question, which no answer to an earlier one fits. */
        void renew(Rng rng, boolean withEdns) {
            id = rng.nextInt(1 << 16);
            edns = withEdns;
            sent = false;
        }
    }

    /** Asks all questions at once; the outcomes are in the questions' order. */
    List<DnsOutcome> ask(List<DnsQuestion> questions) {
        List<DnsOutcome> outcomes = new ArrayList<>();
        List<Pending> open = new ArrayList<>();
        for (DnsQuestion question : questions) {
            open.add(new Pending(question, outcomes.size()));
            outcomes.add(new DnsOutcome.Failed("no name server is configured", false));
        }
        Set<FullAddress> silent = new HashSet<>();
        List<FullAddress> servers = inTurn();
        for (int attempt = 0; attempt < options.attempts(); attempt++) {
            for (FullAddress server : servers) {
                if (!open.isEmpty()) {
                    askServer(server, open, outcomes, silent);
                }
            }
        }
        return outcomes;
    }

    /** The servers in the order in which this lookup asks them. */
    private List<FullAddress> inTurn() {
        List<FullAddress> servers = options.servers();
        if (!options.rotate() || servers.size() < 2) {
            return servers;
        }
        List<FullAddress> turned = new ArrayList<>(servers);
        Collections.rotate(turned, -Math.floorMod(lookups.getAndIncrement(), servers.size()));
        return turned;
    }

    /**
     * Asks one server what is open; questions with a result leave {@code open}, the others get a newer failure.
     *
     * @param silent servers that have answered no question of this lookup in time
     */
    private void askServer(FullAddress server, List<Pending> open, List<DnsOutcome> outcomes, Set<FullAddress> silent) {
        List<Pending> waiting = new ArrayList<>(open);
        String failure = TIMED_OUT;
        try (UdpEndpoint endpoint = stack.newUdpEndpoint()) {
            ReadySignal signal = new ReadySignal();
            endpoint.setReadinessListener(signal);
            endpoint.connect(server);
            boolean edns = !silent.contains(server) && !plain.contains(server, System.nanoTime());
            for (Pending each : waiting) {
                each.renew(rng, edns);
            }
            boolean heard = false;
            long deadlineNs = System.nanoTime() + options.timeoutNs();
            ByteBuffer buffer = ByteBuffer.allocate(DnsMessages.MAX_UDP_BYTES);
            while (!waiting.isEmpty()) {
                send(endpoint, waiting);
                if (endpoint.receive(buffer.clear()) != null) {
                    heard |= accept(server, buffer.flip(), waiting, open, outcomes);
                    if (heard && silent.remove(server)) {
                        plain.add(server, System.nanoTime());
                    }
                } else if (!signal.await(deadlineNs)) {
                    counters.timeouts.increment();
                    if (!heard) {
                        silent.add(server);
                    }
                    break;
                }
            }
        } catch (StackException e) {
            // The server's host refuses, there is no route to it, or the policy says no, with its rule in the text.
            failure = e.getMessage() == null ? e.error().text() : e.getMessage();
        }
        for (Pending each : waiting) {
            boolean answered = outcomes.get(each.index) instanceof DnsOutcome.Failed before && before.answered();
            outcomes.set(each.index, new DnsOutcome.Failed(server + ": " + failure, answered));
        }
    }

    private void send(UdpEndpoint endpoint, List<Pending> waiting) throws StackException {
        for (Pending each : waiting) {
            if (!each.sent) {
                ByteBuffer message = each.edns
                        ? DnsMessages.encodeWithEdns(each.id, each.question)
                        : DnsMessages.encode(each.id, each.question);
                each.sent = endpoint.send(message, null) != Endpoint.WOULD_BLOCK;
                if (each.sent) {
                    counters.asked.increment();
                }
            }
        }
    }

    /** Whether the message answers one of the questions. */
    private boolean accept(
            FullAddress server,
            ByteBuffer message,
            List<Pending> waiting,
            List<Pending> open,
            List<DnsOutcome> outcomes)
            throws StackException {
        DnsResponse response = DnsMessages.decode(message);
        Pending asked = response == null ? null : find(response, waiting);
        if (response == null || asked == null) {
            // Late, forged or broken: the real answer may still come.
            counters.ignored.increment();
            return false;
        }
        if (asked.edns && response.isNotUnderstood()) {
            plain.add(server, System.nanoTime());
            counters.withoutEdns.increment();
            asked.renew(rng, false);
            return true;
        }
        waiting.remove(asked);
        if (response.truncated()) {
            counters.overTcp.increment();
            DnsOutcome outcome = new DnsTcpExchange(stack, options.timeoutNs()).ask(server, asked.id, asked.question);
            settle(server, asked, outcome, open, outcomes);
        } else {
            settle(server, asked, new DnsOutcome.Answered(response), open, outcomes);
        }
        return true;
    }

    private static @Nullable Pending find(DnsResponse response, List<Pending> waiting) {
        for (Pending each : waiting) {
            if (each.sent && response.answers(each.id, each.question)) {
                return each;
            }
        }
        return null;
    }

    private void settle(
            FullAddress server, Pending asked, DnsOutcome outcome, List<Pending> open, List<DnsOutcome> outcomes) {
        if (outcome instanceof DnsOutcome.Answered answered) {
            int code = answered.response().responseCode();
            if (code == DnsResponse.NOERROR || code == DnsResponse.NXDOMAIN) {
                counters.answered.increment();
                open.remove(asked);
                outcomes.set(asked.index, outcome);
            } else {
                outcomes.set(asked.index, new DnsOutcome.Failed(server + ": answered " + codeName(code), true));
            }
        } else {
            outcomes.set(asked.index, outcome);
        }
    }

    /** The IANA registry's names for codes a server answers a question with. */
    private static String codeName(int code) {
        return switch (code) {
            case DnsResponse.FORMERR -> "FORMERR";
            case 2 -> "SERVFAIL";
            case DnsResponse.NOTIMP -> "NOTIMP";
            case 5 -> "REFUSED";
            case DnsResponse.BADVERS -> "BADVERS";
            default -> "with code " + code;
        };
    }
}
