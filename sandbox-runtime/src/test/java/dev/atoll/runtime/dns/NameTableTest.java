package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is believed of names, and for how long. */
class NameTableTest {
    private static final IpAddress SERVER = IpAddress.parse("10.66.0.1");
    private static final IpAddress PROGRAM = IpAddress.parse("10.66.0.2");
    private static final IpAddress ANSWER = IpAddress.parse("192.0.2.1");
    private static final IpAddress OTHER = IpAddress.parse("192.0.2.2");
    private static final int PORT = 40_000;
    private static final int ID = 4711;

    private long nowNs = 1;
    private final List<Denial> denials = new ArrayList<>();
    private final NameTable table = table(null);

    private NameTable table(NameTable.@Nullable NameRule rule) {
        Clock clock = new Clock() {
            @Override
            public long nowNs() {
                return nowNs;
            }

            @Override
            public long epochNs() {
                return nowNs;
            }
        };
        return new NameTable(clock, List.of(new FullAddress(SERVER, ResolverOptions.PORT)), rule, denials::add);
    }

    private static DnsQuestion a(String name) {
        return new DnsQuestion(name, DnsQuestion.Type.A);
    }

    private static PacketBuffer datagram(IpAddress from, int fromPort, IpAddress to, int toPort, byte[] message) {
        byte[] bytes = new byte[Udp.HEADER_BYTES + message.length];
        System.arraycopy(message, 0, bytes, Udp.HEADER_BYTES, message.length);
        PacketBuffer packet = PacketBuffer.copyOf(bytes);
        packet.transportOffset = packet.start();
        Udp.write(packet.data(), packet.start(), fromPort, toPort, bytes.length, 0);
        packet.sourceHigh = from.high();
        packet.sourceLow = from.low();
        packet.destinationHigh = to.high();
        packet.destinationLow = to.low();
        return packet;
    }

    private static PacketBuffer question(String name) {
        ByteBuffer message = DnsMessages.encode(ID, a(name));
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return datagram(PROGRAM, PORT, SERVER, ResolverOptions.PORT, bytes);
    }

    private static PacketBuffer answer(IpAddress server, int toPort, int id, String name) {
        byte[] message = Answers.to(id, a(name)).address(ANSWER).bytes();
        return datagram(server, ResolverOptions.PORT, PROGRAM, toPort, message);
    }

    private void resolved(String name, byte[] answer) {
        DnsResponse response = DnsMessages.decode(ByteBuffer.wrap(answer));
        assertNotNull(response);
        table.answered(name, response);
    }

    private static byte[] living(String name, int ttlSeconds) {
        return Answers.to(ID, a(name))
                .raw(0xc0, 0x0c)
                .data(1, ttlSeconds, ANSWER.octets())
                .bytes();
    }

    private void pass(long seconds) {
        nowNs += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void resolversAnswer_pinsTheName_asItWasAskedFor_overAliases() {
        resolved(
                "WWW.Example.com.",
                Answers.to(ID, a("WWW.Example.com"))
                        .alias("www.example.com", "edge.cdn.example")
                        .alias("edge.cdn.example", "e7.cdn.example")
                        .address("e7.cdn.example", ANSWER)
                        .address("elsewhere.example", OTHER)
                        .bytes());
        assertEquals(List.of("www.example.com"), table.namesOf(ANSWER, nowNs));
        assertEquals(List.of(), table.namesOf(OTHER, nowNs), "an address of another name");
    }

    @Test
    void pin_livesAsLongAsTheRecord_withAFloorAndAGrace() {
        resolved("short.example", living("short.example", 0));
        resolved("long.example", living("long.example", 3600));
        pass(NameTable.MIN_LIFETIME_S + NameTable.GRACE_S - 1);
        assertEquals(List.of("short.example", "long.example"), table.namesOf(ANSWER, nowNs));
        pass(1);
        assertEquals(List.of("long.example"), table.namesOf(ANSWER, nowNs));
        pass(3600);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs));
        resolved("ever.example", living("ever.example", Integer.MAX_VALUE));
        pass(NameTable.MAX_LIFETIME_S + NameTable.GRACE_S);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs));
    }

    @Test
    void pin_toldOfAgain_livesOn() {
        resolved("a.example", living("a.example", 60));
        pass(100);
        resolved("a.example", living("a.example", 60));
        pass(100);
        assertEquals(List.of("a.example"), table.namesOf(ANSWER, nowNs));
    }

    @Test
    void aliasThatLivesShorter_endsThePin() {
        byte[] answer = Answers.to(ID, a("a.example"))
                .alias("a.example", "b.example")
                .raw(labels("b.example"))
                .data(1, 86_400, ANSWER.octets())
                .bytes();
        resolved("a.example", answer);
        pass(60 + NameTable.GRACE_S);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs), "the alias has 60 seconds");
    }

    private static int[] labels(String name) {
        byte[] bytes = Answers.labels(name);
        int[] octets = new int[bytes.length];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = bytes[i] & 0xff;
        }
        return octets;
    }

    @Test
    void programsOwnQuestion_isAnsweredOnce_byWhomItWasAsked() {
        assertNull(table.refusal(question("api.example.com"), nowNs));
        table.received(answer(IpAddress.parse("10.66.0.9"), PORT, ID, "api.example.com"), nowNs);
        table.received(answer(SERVER, PORT + 1, ID, "api.example.com"), nowNs);
        table.received(answer(SERVER, PORT, ID + 1, "api.example.com"), nowNs);
        table.received(answer(SERVER, PORT, ID, "other.example.com"), nowNs);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs));
        table.received(answer(SERVER, PORT, ID, "API.example.com"), nowNs);
        assertEquals(List.of("api.example.com"), table.namesOf(ANSWER, nowNs));
        pass(200);
        table.received(answer(SERVER, PORT, ID, "api.example.com"), nowNs);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs), "a second answer is to no question");
    }

    @Test
    void lateOrSpoiltAnswers_pinNothing() {
        table.refusal(question("api.example.com"), nowNs);
        pass(31);
        table.received(answer(SERVER, PORT, ID, "api.example.com"), nowNs);
        byte[] spoilt = {1, 2, 3};
        table.received(datagram(SERVER, 53, PROGRAM, PORT, spoilt), nowNs);
        table.received(datagram(SERVER, 53, PROGRAM, PORT, new byte[0]), nowNs);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs));
    }

    @Test
    void serverThatTheSandboxWasNotGiven_isNotBelieved() {
        PacketBuffer asked = question("api.example.com");
        IpAddress evil = IpAddress.parse("203.0.113.53");
        asked.destinationLow = evil.low();
        assertNull(table.refusal(asked, nowNs));
        table.received(answer(evil, PORT, ID, "api.example.com"), nowNs);
        assertEquals(List.of(), table.namesOf(ANSWER, nowNs));
    }

    @Test
    void memory_isBounded_andTheOldestGoes() {
        for (int i = 0; i <= NameTable.MAX_ADDRESSES; i++) {
            byte[] octets = {(byte) 203, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
            resolved(
                    "n.example",
                    Answers.to(ID, a("n.example")).address(IpAddress.of(octets)).bytes());
        }
        assertEquals(List.of(), table.namesOf(IpAddress.parse("203.0.0.0"), nowNs));
        assertEquals(List.of("n.example"), table.namesOf(IpAddress.parse("203.0.0.1"), nowNs));
        for (int i = 0; i < 100; i++) {
            resolved(i + ".example", living(i + ".example", 60));
        }
        List<String> names = table.namesOf(ANSWER, nowNs);
        assertEquals(NameTable.MAX_NAMES, names.size());
        assertTrue(names.contains("99.example"));
    }

    @Test
    void namesThatMayNotBeAskedFor_areRefused_andTold() {
        Origin no = new Origin("egress.rules", 1, "no");
        NameTable strict = table(name -> name.equals("good.example") ? null : no);
        assertNull(strict.refuse("GOOD.example."));
        assertEquals(List.of(), denials);
        assertEquals(no, strict.refuse("evil.example"));
        assertEquals(no, denials.get(0).origin());
        assertEquals(new FullAddress(SERVER, 53), denials.get(0).destination());
        assertNull(strict.refusal(question("good.example"), nowNs));
        assertEquals(no, strict.refusal(question("evil.example"), nowNs));
        assertEquals(no, strict.refusal(datagram(PROGRAM, PORT, SERVER, 53, new byte[] {1, 2}), nowNs), "no question");
    }
}
