package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;

/** Writes name servers' answers, byte by byte, for tests. */
final class Answers {
    /** A pointer to the question's name, which every message has at offset 12. */
    static final int QUESTION_NAME = 0xc00c;

    private final ByteBuffer message = ByteBuffer.allocate(0xffff);
    private int count;
    private int additional;

    /** Begins the answer to a question, which is repeated; what else the query says is not. */
    static Answers to(ByteBuffer query) {
        Answers answers = bare(query);
        DnsReader reader = new DnsReader(query);
        reader.skip(12);
        reader.name();
        reader.skip(4);
        answers.message.put(12, query, query.position() + 12, reader.position() - 12);
        answers.message.position(reader.position());
        answers.message.putShort(4, (short) 1);
        return answers;
    }

    /** Begins the answer of a server that does not repeat the question: a header with its id. */
    static Answers bare(ByteBuffer query) {
        Answers answers = new Answers();
        answers.message.putShort(query.getShort(query.position())).putShort((short) 0x8180);
        answers.message.position(12);
        return answers;
    }

    static Answers to(int id, DnsQuestion question) {
        return to(DnsMessages.encode(id, question));
    }

    Answers code(int responseCode) {
        message.putShort(2, (short) (0x8180 | responseCode));
        return this;
    }

    Answers truncated() {
        message.putShort(2, (short) (message.getShort(2) | 0x0200));
        return this;
    }

    Answers id(int id) {
        message.putShort(0, (short) id);
        return this;
    }

    Answers address(IpAddress address) {
        message.putShort((short) QUESTION_NAME);
        return data(address.isV4() ? 1 : 28, 60, address.octets());
    }

    Answers address(String owner, IpAddress address) {
        DnsName.write(message, owner);
        return data(address.isV4() ? 1 : 28, 60, address.octets());
    }

    Answers alias(String owner, String target) {
        DnsName.write(message, owner);
        return data(5, 60, labels(target));
    }

    Answers pointer(String target) {
        message.putShort((short) QUESTION_NAME);
        return data(12, 60, labels(target));
    }

    /** A record's rest after its owner. */
    Answers data(int type, int ttl, byte[] data) {
        message.putShort((short) type).putShort((short) 1).putInt(ttl);
        message.putShort((short) data.length).put(data);
        message.putShort(6, (short) ++count);
        return this;
    }

    /** An OPT record, behind all answers, with the upper bits of the response code. */
    Answers opt(int extendedCode) {
        message.put((byte) 0).putShort((short) 41).putShort((short) 4096);
        message.put((byte) extendedCode).put((byte) 0).putShort((short) 0);
        // An option that nobody knows.
        message.putShort((short) 6).putShort((short) 65001).putShort((short) 2).putShort((short) 0xabcd);
        message.putShort(10, (short) ++additional);
        return this;
    }

    Answers additionalCountedAs(int records) {
        message.putShort(10, (short) records);
        return this;
    }

    Answers raw(int... octets) {
        for (int octet : octets) {
            message.put((byte) octet);
        }
        return this;
    }

    Answers countedAs(int records) {
        message.putShort(6, (short) records);
        return this;
    }

    static byte[] labels(String name) {
        ByteBuffer labels = ByteBuffer.allocate(DnsName.MAX_NAME_BYTES);
        DnsName.write(labels, name);
        byte[] bytes = new byte[labels.position()];
        labels.get(0, bytes);
        return bytes;
    }

    byte[] bytes() {
        byte[] bytes = new byte[message.position()];
        message.get(0, bytes);
        return bytes;
    }
}
