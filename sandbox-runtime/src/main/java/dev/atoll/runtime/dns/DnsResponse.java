package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A name server's answer, read and sound.
 *
 * @param id the question's id
 * @param truncated more than the datagram could hold: ask again over TCP
 * @param responseCode one of the constants here, or another of the IANA registry
 * @param questionName the question, repeated by the server
 * @param questionType likewise, as its number
 * @param answers the records we know of the answer section
 */
public record DnsResponse(
        int id, boolean truncated, int responseCode, String questionName, int questionType, List<DnsRecord> answers) {
    /** {@link #responseCode}: no error. */
    public static final int NOERROR = 0;
    /** {@link #responseCode}: the name does not exist. */
    public static final int NXDOMAIN = 3;

    /** Aliases followed in one answer; more are a loop or a mistake. */
    private static final int MAX_ALIASES = 16;

    public DnsResponse {
        answers = List.copyOf(answers);
    }

    /** Whether it answers that question, asked with that id. */
    public boolean answers(int askedId, DnsQuestion question) {
        return id == askedId && questionType == question.type().code() && DnsName.equal(questionName, question.name());
    }

    /** The addresses of the question's name, aliases followed. */
    public List<IpAddress> addresses() {
        List<IpAddress> found = new ArrayList<>();
        String name = canonicalName();
        for (DnsRecord each : answers) {
            if (each instanceof DnsRecord.Address address && DnsName.equal(address.owner(), name)) {
                found.add(address.address());
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
            String target = aliasOf(name);
            if (target.isEmpty()) {
                return name;
            }
            name = target;
        }
        return name;
    }

    private String aliasOf(String name) {
        for (DnsRecord each : answers) {
            if (each instanceof DnsRecord.Alias alias && DnsName.equal(alias.owner(), name)) {
                return alias.target();
            }
        }
        return "";
    }
}
