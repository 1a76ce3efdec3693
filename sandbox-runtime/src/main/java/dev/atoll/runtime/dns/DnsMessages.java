package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DNS messages on the wire: questions are written, answers read (RFC 1035 section 4, RFC 3596, RFC 6891). */
final class DnsMessages {
    /**
     * Longest answer over UDP that is asked for where a server speaks EDNS; without, it is 512 bytes (RFC 1035, 4.2.1). What
     * servers agreed on: it passes every link that IPv6 may use without being cut into fragments, which are easily lost and
     * easily forged.
     */
    static final int MAX_UDP_BYTES = 1232;

    private static final int HEADER_BYTES = 12;
    private static final int CLASS_IN = 1;
    private static final int TYPE_CNAME = 5;
    private static final int TYPE_OPT = 41;
    /** An OPT record without options: the root's name, type, class, TTL and length (RFC 6891, 6.1.2). */
    private static final int OPT_BYTES = 11;

    private static final int ADDITIONAL_COUNT_AT = 10;
    private static final int EXTENDED_CODE_SHIFT = 24;

    private static final int FLAG_RESPONSE = 0x8000;
    private static final int OPCODE_MASK = 0x7800;
    private static final int FLAG_TRUNCATED = 0x0200;
    private static final int FLAG_RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE_CODE_MASK = 0xf;

    /** Records of one answer that are kept: a 64 KiB message of A records has 4,000. */
    private static final int MAX_RECORDS = 4096;

    private static final long MAX_TTL_SECONDS = 0x7fff_ffffL;

    private DnsMessages() {}

    /** A question, recursion desired, ready to send to a server of which nothing more is known. */
    static ByteBuffer encode(int id, DnsQuestion question) {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + DnsName.MAX_NAME_BYTES + 4 + OPT_BYTES);
        message.putShort((short) id).putShort((short) FLAG_RECURSION_DESIRED);
        message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        DnsName.write(message, DnsName.withoutRoot(question.name()));
        message.putShort((short) question.type().code()).putShort((short) CLASS_IN);
        return message.flip();
    }

    /** The same with an OPT record, which says that answers may have {@link #MAX_UDP_BYTES}. */
    static ByteBuffer encodeWithEdns(int id, DnsQuestion question) {
        ByteBuffer message = encode(id, question);
        message.putShort(ADDITIONAL_COUNT_AT, (short) 1);
        message.position(message.limit()).limit(message.capacity());
        message.put((byte) 0).putShort((short) TYPE_OPT).putShort((short) MAX_UDP_BYTES);
        // The TTL's place has what extends the response code, the version and the flags, all 0; there are no options.
        message.putInt(0).putShort((short) 0);
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
        int authorities = reader.u16();
        int additional = reader.u16();
        if ((flags & (FLAG_RESPONSE | OPCODE_MASK)) != FLAG_RESPONSE || reader.isBad()) {
            return null;
        }
        int code = flags & RESPONSE_CODE_MASK;
        // A server that could not make sense of a question need not repeat it.
        if (questions == 0 && DnsResponse.isNotUnderstood(code)) {
            return DnsResponse.notUnderstood(id, code);
        }
        // An answer to a query that repeats one question of class IN; anything else is not meant for us.
        if (questions != 1) {
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
        // Nothing of a message that was cut off in between is used but that it was.
        int extended = truncated ? code : code | extendedCode(reader, authorities, additional);
        return new DnsResponse(id, truncated, extended, name, type, truncated ? List.of() : records);
    }

    /**
     * The upper bits of the response code, which an OPT record has in the place of its TTL (RFC 6891, 6.1.3); 0 without one. The
     * answers were sound: what follows them makes the message no worse, since servers are about that do not count it right.
     */
    private static int extendedCode(DnsReader reader, int authorities, int additional) {
        for (int i = 0; i < authorities + additional && !reader.isBad(); i++) {
            String owner = reader.name();
            int type = reader.u16();
            reader.skip(2);
            long ttl = reader.u32();
            reader.skip(reader.u16());
            if (i >= authorities && type == TYPE_OPT && owner.isEmpty() && !reader.isBad()) {
                return (int) (ttl >>> EXTENDED_CODE_SHIFT) << 4;
            }
        }
        return 0;
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
