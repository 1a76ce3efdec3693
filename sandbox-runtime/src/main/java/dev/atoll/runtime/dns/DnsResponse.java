package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name server's answer, read and sound.
 *
 * @param id the question's id
 * @param truncated more than the datagram could hold: ask again over TCP
 * @param responseCode one of the constants here, or another of the IANA registry
 * @param questionName the question, repeated by the server; empty if it was not, as only one that was not understood may be
 * @param questionType likewise, as its number
 * @param answers the records we know of the answer section
 */
public record DnsResponse(
        int id, boolean truncated, int responseCode, String questionName, int questionType, List<DnsRecord> answers) {
    /** {@link #responseCode}: no error. */
    public static final int NOERROR = 0;
    /** {@link #responseCode}: the server could not read the question. */
    public static final int FORMERR = 1;
    /** {@link #responseCode}: the server knows no such kind of question. */
    public static final int NOTIMP = 4;
    /** {@link #responseCode}: the server does not speak that version of EDNS. */
    public static final int BADVERS = 16;
    /** {@link #responseCode}: the name does not exist. */
    public static final int NXDOMAIN = 3;

    /** Aliases followed in one answer; more are a loop or a mistake. */
    private static final int MAX_ALIASES = 16;

    public DnsResponse {
        answers = List.copyOf(answers);
    }

    /** Of a server that did not even repeat the question. */
    static DnsResponse notUnderstood(int id, int responseCode) {
        return new DnsResponse(id, false, responseCode, "", 0, List.of());
    }

    /** Whether a server that answers so may know the question without what EDNS adds to it (RFC 6891 section 7). */
    static boolean isNotUnderstood(int responseCode) {
        return responseCode == FORMERR || responseCode == NOTIMP || responseCode == BADVERS;
    }

    boolean isNotUnderstood() {
        return isNotUnderstood(responseCode);
    }

    /** Whether it answers that question, asked with that id. */
    public boolean answers(int askedId, DnsQuestion question) {
        boolean repeated = questionType == question.type().code() && DnsName.equal(questionName, question.name());
        return id == askedId && (repeated || (questionName.isEmpty() && isNotUnderstood()));
    }

    /**
     * An address that the question's name has.
     *
     * @param ttlSeconds how long it has it: the least of its record and of the aliases that led there
     */
    public record Found(IpAddress address, int ttlSeconds) {}

    /** The addresses of the question's name, aliases followed. */
    public List<IpAddress> addresses() {
        List<IpAddress> addresses = new ArrayList<>();
        for (Found each : found()) {
            addresses.add(each.address());
        }
        return addresses;
    }

    /** The same with how long each holds. */
    public List<Found> found() {
        List<Found> found = new ArrayList<>();
        String name = canonicalName();
        int aliasSeconds = aliasSeconds();
        for (DnsRecord each : answers) {
            if (each instanceof DnsRecord.Address address && DnsName.equal(address.owner(), name)) {
                found.add(new Found(address.address(), Math.min(aliasSeconds, address.ttlSeconds())));
            }
        }
        return found;
    }

    /** The names that the question's name points to, aliases followed (RFC 2317 has those in reverse zones). */
    public List<String> pointers() {
        List<String> found = new ArrayList<>();
        String name = canonicalName();
        for (DnsRecord each : answers) {
            if (each instanceof DnsRecord.Pointer pointer && DnsName.equal(pointer.owner(), name)) {
                found.add(pointer.target());
            }
        }
        return found;
    }

    private String canonicalName() {
        String name = questionName;
        for (int hops = 0; hops < MAX_ALIASES; hops++) {
            DnsRecord.Alias alias = aliasOf(name);
            if (alias == null) {
                return name;
            }
            name = alias.target();
        }
        return name;
    }

    /** How long the aliases of the question's name hold, all of them. */
    private int aliasSeconds() {
        int seconds = Integer.MAX_VALUE;
        DnsRecord.Alias alias = aliasOf(questionName);
        for (int hops = 0; hops < MAX_ALIASES && alias != null; hops++) {
            seconds = Math.min(seconds, alias.ttlSeconds());
            alias = aliasOf(alias.target());
        }
        return seconds;
    }

    private DnsRecord.@Nullable Alias aliasOf(String name) {
        for (DnsRecord each : answers) {
            if (each instanceof DnsRecord.Alias alias && DnsName.equal(alias.owner(), name)) {
                return alias;
            }
        }
        return null;
    }
}
