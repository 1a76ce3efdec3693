package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DNS messages on the wire: questions are written, answers read (RFC 1035 section 4, RFC 3596). */
final class DnsMessages {
    /** Longest message over UDP without EDNS (RFC 1035, 4.2.1). */
    static final int MAX_UDP_BYTES = 512;

    private static final int HEADER_BYTES = 12;
    private static final int CLASS_IN = 1;
    private static final int TYPE_CNAME = 5;

    private static final int FLAG_RESPONSE = 0x8000;
    private static final int OPCODE_MASK = 0x7800;
    private static final int FLAG_TRUNCATED = 0x0200;
    private static final int FLAG_RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE_CODE_MASK = 0xf;

    /** Records of one answer that are kept: a 64 KiB message of A records has 4,000. */
    private static final int MAX_RECORDS = 4096;

    private static final long MAX_TTL_SECONDS = 0x7fff_ffffL;

    private DnsMessages() {}

    /** A question, recursion desired, ready to send. */
    static ByteBuffer encode(int id, DnsQuestion question) {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + DnsName.MAX_NAME_BYTES + 4);
        message.putShort((short) id).putShort((short) FLAG_RECURSION_DESIRED);
        message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        DnsName.write(message, DnsName.withoutRoot(question.name()));
        message.putShort((short) question.type().code()).putShort((short) CLASS_IN);
        return message.flip();
    }

    /** What a question that somebody else wrote asks for. */
    record Header(int id, String name, int type) {}

    /**
     * Reads a question.
     *
     * @param message from position to limit
     * @return null if it is not a standard query with one question, or does not make sense
     */
    static @Nullable Header question(ByteBuffer message) {
        DnsReader reader = new DnsReader(message);
        int id = reader.u16();
        boolean query = (reader.u16() & (FLAG_RESPONSE | OPCODE_MASK)) == 0;
        int questions = reader.u16();
        reader.skip(6);
        String name = reader.name();
        int type = reader.u16();
        int queryClass = reader.u16();
        boolean good = query && questions == 1 && queryClass == CLASS_IN && !reader.isBad();
        return good ? new Header(id, name, type) : null;
    }

    /**
     * Reads an answer.
     *
     * @param message from position to limit
     * @return null if it is no answer, or one that does not make sense
     */
    static @Nullable DnsResponse decode(ByteBuffer message) {
        DnsReader reader = new DnsReader(message);
        int id = reader.u16();
        int flags = reader.u16();
        int questions = reader.u16();
        int answers = reader.u16();
        reader.skip(4);
        // An answer to a query that repeats one question of class IN; anything else is not meant for us.
        if ((flags & (FLAG_RESPONSE | OPCODE_MASK)) != FLAG_RESPONSE || questions != 1) {
            return null;
        }
        String name = reader.name();
        int type = reader.u16();
        if (reader.u16() != CLASS_IN || reader.isBad()) {
            return null;
        }
        boolean truncated = (flags & FLAG_TRUNCATED) != 0;
        List<DnsRecord> records = new ArrayList<>();
        for (int i = 0; i < answers && !reader.isBad() && records.size() < MAX_RECORDS; i++) {
            DnsRecord read = readRecord(reader);
            if (read != null) {
                records.add(read);
            }
        }
        // A truncated answer may end anywhere; it is asked for again as a whole.
        if (reader.isBad() && !truncated) {
            return null;
        }
        return new DnsResponse(id, truncated, flags & RESPONSE_CODE_MASK, name, type, truncated ? List.of() : records);
    }

    /** The next record, or null if it is of a kind we have no use for, or bad, which the reader then knows. */
    private static @Nullable DnsRecord readRecord(DnsReader reader) {
        String owner = reader.name();
        int type = reader.u16();
        int recordClass = reader.u16();
        long ttl = reader.u32();
        // RFC 2181 section 8: a TTL with its top bit set counts as 0.
        int ttlSeconds = ttl > MAX_TTL_SECONDS ? 0 : (int) ttl;
        int length = reader.u16();
        int end = reader.position() + length;
        DnsRecord read = null;
        if (recordClass == CLASS_IN) {
            if (type == DnsQuestion.Type.A.code() || type == DnsQuestion.Type.AAAA.code()) {
                int wanted = type == DnsQuestion.Type.A.code() ? 4 : 16;
                byte[] octets = reader.bytes(wanted);
                reader.require(length == wanted);
                read = new DnsRecord.Address(owner, ttlSeconds, IpAddress.of(octets));
            } else if (type == TYPE_CNAME) {
                read = new DnsRecord.Alias(owner, ttlSeconds, reader.name());
                reader.require(reader.position() == end);
            } else if (type == DnsQuestion.Type.PTR.code()) {
                read = new DnsRecord.Pointer(owner, ttlSeconds, reader.name());
                reader.require(reader.position() == end);
            }
        }
        reader.moveTo(end);
        return reader.isBad() ? null : read;
    }
}
