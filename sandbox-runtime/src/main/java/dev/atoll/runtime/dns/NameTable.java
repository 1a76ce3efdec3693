package dev.atoll.runtime.dns;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.NamePins;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which names this sandbox's name servers gave for which addresses: of what {@link DnsResolver} asked, and of what a program asks
 * by itself over UDP, whose questions and answers pass the stack.
 *
 * <p>Only the servers that the sandbox was given are believed, and only answers to a question that went out from the same port with
 * the same id and name (RFC 5452 section 9.1): who could choose an answer could open any address. An address is pinned to the name
 * that was asked for, where the chain of aliases from it ends there; aliases on the way are not, since nobody asked for them.
 *
 * <p>A pin holds for the record's lifetime, but at least {@link #MIN_LIFETIME_S} and a grace of {@link #GRACE_S}: who looks a name up and
 * connects later, as the JDK with its cache, is still let through. At most {@link #MAX_ADDRESSES}; the one that was told of longest ago
 * goes first, which closes and never opens. Any thread.
 */
public final class NameTable implements NamePins {
    static final int MAX_ADDRESSES = 16_384;
    static final int MAX_QUESTIONS = 4096;

    static final long MIN_LIFETIME_S = 30;
    /** The JDK keeps answers for 30 seconds, however short they live ({@code networkaddress.cache.ttl}). */
    static final long GRACE_S = 60;

    static final long MAX_LIFETIME_S = TimeUnit.DAYS.toSeconds(1);

    /** A server answers within this time, or nobody waits for it any more. */
    private static final long QUESTION_NS = TimeUnit.SECONDS.toNanos(30);

    private record Pin(String name, long expiresNs) {}

    /** What makes an answer that of a question. */
    private record Question(IpAddress server, int port, int id) {}

    private record Asked(String name, int type, long expiresNs) {}

    private final Clock clock;
    private final List<FullAddress> servers;
    private final @Nullable NameRule asking;
    private final @Nullable DenialListener denials;
    private final Map<IpAddress, List<Pin>> pins = new LinkedHashMap<>();
    private final Map<Question, Asked> questions = new LinkedHashMap<>();

    /**
     * A table that knows nothing yet.
     *
     * @param clock the stack's
     * @param servers whom to believe
     * @param asking which names may be asked for; null for all
     * @param denials who is told of names that the resolver did not ask for, or null
     */
    public NameTable(
            Clock clock, List<FullAddress> servers, @Nullable NameRule asking, @Nullable DenialListener denials) {
        this.clock = clock;
        this.servers = List.copyOf(servers);
        this.asking = asking;
        this.denials = denials;
    }

    /** Which names may be asked for. */
    public interface NameRule {
        /**
         * Why a name may not be asked for, or null if it may.
         *
         * @param name in small letters, without a dot at the end
         */
        @Nullable Origin refusal(String name);
    }

    // --- What the filter asks

    @Override
    public synchronized List<String> namesOf(IpAddress address, long nowNs) {
        // Before anything was asked nothing is looked up.
        List<Pin> known = pins.isEmpty() ? null : pins.get(address);
        if (known == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(known.size());
        for (Pin pin : known) {
            if (pin.expiresNs() - nowNs > 0) {
                names.add(pin.name());
            }
        }
        return List.copyOf(names);
    }

    @Override
    public @Nullable Origin refusal(PacketBuffer question, long nowNs) {
        ByteBuffer message = message(question);
        DnsMessages.Header header = DnsMessages.question(message);
        NameRule rule = asking;
        if (header == null) {
            // Nothing that a name server answers; with a rule about names nothing that has none goes to one.
            return rule == null ? null : rule.refusal("");
        }
        String name = canonical(header.name());
        Origin refusal = rule == null ? null : rule.refusal(name);
        IpAddress server = new IpAddress(question.destinationHigh, question.destinationLow);
        if (refusal == null && isBelieved(server)) {
            int port = Udp.sourcePort(question.data(), question.transportOffset);
            note(new Question(server, port, header.id()), new Asked(name, header.type(), nowNs + QUESTION_NS));
        }
        return refusal;
    }

    private synchronized void note(Question question, Asked asked) {
        questions.remove(question);
        questions.put(question, asked);
        if (questions.size() > MAX_QUESTIONS) {
            removeOldest(questions);
        }
    }

    @Override
    public void received(PacketBuffer answer, long nowNs) {
        IpAddress server = new IpAddress(answer.sourceHigh, answer.sourceLow);
        DnsResponse response = isBelieved(server) ? DnsMessages.decode(message(answer)) : null;
        if (response == null) {
            return;
        }
        int port = Udp.destinationPort(answer.data(), answer.transportOffset);
        String name = canonical(response.questionName());
        Question question = new Question(server, port, response.id());
        synchronized (this) {
            Asked asked = questions.get(question);
            if (asked != null
                    && asked.expiresNs() - nowNs > 0
                    && asked.name().equals(name)
                    && asked.type() == response.questionType()) {
                questions.remove(question);
                pin(name, response, nowNs);
            }
        }
    }

    /** As the filter sees it, without a port: servers are asked at that of DNS alone. */
    private boolean isBelieved(IpAddress server) {
        for (FullAddress each : servers) {
            if (each.address().equals(server)) {
                return true;
            }
        }
        return false;
    }

    private static ByteBuffer message(PacketBuffer packet) {
        int from = packet.transportOffset + Udp.HEADER_BYTES;
        return packet.data().duplicate().limit(packet.end()).position(Math.min(from, packet.end()));
    }

    // --- What the resolver tells

    /** Why the resolver may not ask for a name, which is told as any denial; or null if it may. */
    @Nullable Origin refuse(String name) {
        Origin refusal = asking == null ? null : asking.refusal(canonical(name));
        if (refusal != null && denials != null) {
            IpAddress nowhere = IpAddress.V4_ANY;
            FullAddress server = servers.isEmpty() ? new FullAddress(nowhere, ResolverOptions.PORT) : servers.get(0);
            IpAddress from = server.address().isV4() ? nowhere : IpAddress.V6_ANY;
            denials.denied(new Denial(
                    refusal,
                    Hook.OUTPUT,
                    IpProtocol.UDP,
                    new FullAddress(from, 0),
                    server,
                    /* opens= */ false,
                    Verdict.Kind.REJECT,
                    SocketCaller.UNKNOWN));
        }
        return refusal;
    }

    /** A server has answered a question of the resolver. */
    void answered(String name, DnsResponse response) {
        synchronized (this) {
            pin(canonical(name), response, clock.nowNs());
        }
    }

    private void pin(String name, DnsResponse response, long nowNs) {
        if (response.responseCode() != DnsResponse.NOERROR) {
            return;
        }
        for (DnsResponse.Found found : response.found()) {
            long seconds = Math.min(Math.max(found.ttlSeconds(), MIN_LIFETIME_S), MAX_LIFETIME_S) + GRACE_S;
            pin(found.address(), new Pin(name, nowNs + TimeUnit.SECONDS.toNanos(seconds)), nowNs);
        }
    }

    private void pin(IpAddress address, Pin pin, long nowNs) {
        List<Pin> known = pins.remove(address);
        List<Pin> kept = new ArrayList<>();
        if (known != null) {
            for (Pin each : known) {
                if (!each.name().equals(pin.name()) && each.expiresNs() - nowNs > 0) {
                    kept.add(each);
                }
            }
        }
        if (kept.size() >= MAX_NAMES) {
            kept.remove(0);
        }
        kept.add(pin);
        // Told of last, so it goes last.
        pins.put(address, kept);
        if (pins.size() > MAX_ADDRESSES) {
            removeOldest(pins);
        }
    }

    private static <K, V> void removeOldest(Map<K, V> map) {
        Iterator<K> oldest = map.keySet().iterator();
        oldest.next();
        oldest.remove();
    }

    private static String canonical(String name) {
        return DnsName.withoutRoot(name).toLowerCase(Locale.ROOT);
    }
}
