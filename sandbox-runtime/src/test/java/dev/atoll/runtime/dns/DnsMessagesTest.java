package dev.atoll.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class DnsMessagesTest {
    private static final DnsQuestion QUESTION = new DnsQuestion("www.example.com", DnsQuestion.Type.A);
    private static final IpAddress ONE = IpAddress.parse("192.0.2.1");
    private static final IpAddress TWO = IpAddress.parse("192.0.2.2");

    private static @Nullable DnsResponse decode(byte[] bytes) {
        return DnsMessages.decode(ByteBuffer.wrap(bytes));
    }

    private static DnsResponse sound(Answers answers) {
        return Objects.requireNonNull(decode(answers.bytes()));
    }

    @Test
    void encode_isWhatTheRfcSays() {
        ByteBuffer message = DnsMessages.encode(0xbeef, new DnsQuestion("a.bc", DnsQuestion.Type.AAAA));
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        assertEquals(
                "beef" + "0100" + "0001" + "0000" + "0000" + "0000" + "0161" + "026263" + "00" + "001c" + "0001",
                HexFormat.of().formatHex(bytes));
    }

    @Test
    void encode_withEdns_hasAnOptRecord() {
        ByteBuffer message = DnsMessages.encodeWithEdns(0xbeef, new DnsQuestion("a.bc", DnsQuestion.Type.AAAA));
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        assertEquals(
                "beef" + "0100" + "0001" + "0000" + "0000" + "0001" + "0161" + "026263" + "00" + "001c" + "0001" + "00"
                        + "0029" + "04d0" + "00000000" + "0000",
                HexFormat.of().formatHex(bytes));
    }

    @Test
    void encode_withEdns_holdsTheLongestName() {
        String label = "a".repeat(63);
        String name = label + "." + label + "." + label + "." + "a".repeat(61);
        ByteBuffer message = DnsMessages.encodeWithEdns(1, new DnsQuestion(name, DnsQuestion.Type.A));
        assertEquals(12 + DnsName.MAX_NAME_BYTES + 4 + 11, message.remaining());
        assertEquals(name, Objects.requireNonNull(DnsMessages.question(message)).name());
    }

    @Test
    void decode_optRecord_extendsTheResponseCode() {
        assertEquals(DnsResponse.BADVERS, sound(Answers.to(7, QUESTION).opt(1)).responseCode());
        assertEquals(0xff3, sound(Answers.to(7, QUESTION).code(3).opt(0xff)).responseCode());
        DnsResponse response = sound(Answers.to(7, QUESTION).address(ONE).opt(0));
        assertEquals(DnsResponse.NOERROR, response.responseCode());
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_recordsMiscountedBehindTheAnswers_areNotMissed() {
        DnsResponse response = sound(Answers.to(7, QUESTION).address(ONE).additionalCountedAs(1));
        assertEquals(List.of(ONE), response.addresses());
        assertEquals(DnsResponse.NOERROR, response.responseCode());
    }

    @Test
    void decode_withoutQuestion_isOnlyForOneThatWasNotUnderstood() {
        ByteBuffer query = DnsMessages.encodeWithEdns(7, QUESTION);
        for (int code : new int[] {DnsResponse.FORMERR, DnsResponse.NOTIMP}) {
            DnsResponse response = sound(Answers.bare(query).code(code));
            assertTrue(response.answers(7, QUESTION));
            assertFalse(response.answers(8, QUESTION));
        }
        for (int code : new int[] {DnsResponse.NOERROR, 2, DnsResponse.NXDOMAIN, 5}) {
            assertNull(decode(Answers.bare(query).code(code).bytes()), "code " + code);
        }
    }

    @Test
    void encode_withRootsDot_isTheSameName() {
        assertEquals(
                DnsMessages.encode(1, new DnsQuestion("a.bc", DnsQuestion.Type.A)),
                DnsMessages.encode(1, new DnsQuestion("a.bc.", DnsQuestion.Type.A)));
    }

    @Test
    void decode_addresses_inTheirOrder() {
        DnsResponse response = sound(Answers.to(7, QUESTION).address(TWO).address(ONE));
        assertTrue(response.answers(7, QUESTION));
        assertFalse(response.answers(8, QUESTION));
        assertFalse(response.answers(7, new DnsQuestion("www.example.com", DnsQuestion.Type.AAAA)));
        assertFalse(response.answers(7, new DnsQuestion("www.example.org", DnsQuestion.Type.A)));
        assertEquals(List.of(TWO, ONE), response.addresses());
        assertEquals(60, response.answers().get(0).ttlSeconds());
    }

    @Test
    void decode_otherCase_isTheSameName() {
        DnsResponse response = sound(Answers.to(7, new DnsQuestion("WWW.Example.COM", DnsQuestion.Type.A))
                .address("www.EXAMPLE.com", ONE));
        assertTrue(response.answers(7, QUESTION));
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_aliases_areFollowedInAnyOrder() {
        DnsResponse response = sound(Answers.to(7, QUESTION)
                .address("c.example.com", ONE)
                .alias("b.example.com", "c.example.com")
                .alias("www.example.com", "b.example.com"));
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_addressesOfOthers_areNotTaken() {
        DnsResponse response =
                sound(Answers.to(7, QUESTION).address("evil.example.org", TWO).address(ONE));
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_aliasesInACircle_end() {
        DnsResponse response = sound(Answers.to(7, QUESTION)
                .alias("www.example.com", "b.example.com")
                .alias("b.example.com", "www.example.com"));
        assertEquals(List.of(), response.addresses());
    }

    @Test
    void decode_compressedAlias_isExpanded() {
        // CNAME to "x" followed by a pointer to "example.com" inside the question, at 12 + 4.
        DnsResponse response = sound(Answers.to(7, QUESTION)
                .raw(0xc0, 0x0c)
                .data(5, 1, new byte[] {1, 'x', (byte) 0xc0, 16})
                .address("x.example.com", ONE));
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_unknownRecords_areSkipped() {
        DnsResponse response = sound(Answers.to(7, QUESTION)
                .raw(0xc0, 0x0c)
                .data(46, 1, new byte[40])
                .address(ONE));
        assertEquals(List.of(ONE), response.addresses());
    }

    @Test
    void decode_ttlWithItsTopBit_countsAsZero() {
        DnsResponse response = sound(Answers.to(7, QUESTION).raw(0xc0, 0x0c).data(1, -1, ONE.octets()));
        assertEquals(0, response.answers().get(0).ttlSeconds());
    }

    @Test
    void decode_truncated_saysSoWhereverItEnds() {
        byte[] whole = Answers.to(7, QUESTION).address(ONE).truncated().bytes();
        for (int length = 12 + 21; length <= whole.length; length++) {
            DnsResponse response = decode(Arrays.copyOf(whole, length));
            assertNotNull(response, "length " + length);
            assertTrue(response.truncated());
            assertEquals(List.of(), response.answers());
        }
    }

    @Test
    void decode_cutOff_isRefused() {
        byte[] whole = Answers.to(7, QUESTION).address(ONE).bytes();
        for (int length = 0; length < whole.length; length++) {
            assertNull(decode(Arrays.copyOf(whole, length)), "length " + length);
        }
        assertNotNull(decode(whole));
    }

    @Test
    void decode_query_isNoAnswer() {
        assertNull(DnsMessages.decode(DnsMessages.encode(7, QUESTION)));
    }

    @Test
    void decode_pointerToItselfOrAhead_isRefused() {
        int ownerAt = DnsMessages.encode(7, QUESTION).remaining();
        for (int target : new int[] {ownerAt, ownerAt + 2, 0x3fff}) {
            assertNull(
                    decode(Answers.to(7, QUESTION)
                            .raw(0xc0 | target >>> 8, target)
                            .data(1, 1, ONE.octets())
                            .bytes()),
                    "target " + target);
        }
    }

    @Test
    void decode_pointersInACircle_endAndAreRefused() {
        int ownerAt = DnsMessages.encode(7, QUESTION).remaining();
        // A label and a pointer back to it: each time round the name grows.
        byte[] bytes = Answers.to(7, QUESTION)
                .raw(1, 'a', 0xc0 | ownerAt >>> 8, ownerAt)
                .data(1, 1, ONE.octets())
                .bytes();
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertNull(decode(bytes)));
    }

    @Test
    void decode_reservedLabelTypes_areRefused() {
        for (int kind : new int[] {0x40, 0x80}) {
            assertNull(decode(Answers.to(7, QUESTION)
                    .raw(kind | 1, 'a', 0)
                    .data(1, 1, ONE.octets())
                    .bytes()));
        }
    }

    @Test
    void decode_addressOfWrongLength_isRefused() {
        assertNull(decode(
                Answers.to(7, QUESTION).raw(0xc0, 0x0c).data(1, 1, new byte[5]).bytes()));
        assertNull(decode(
                Answers.to(7, QUESTION).raw(0xc0, 0x0c).data(28, 1, new byte[4]).bytes()));
    }

    @Test
    void decode_nameBeyondItsData_isRefused() {
        assertNull(decode(Answers.to(7, QUESTION)
                .raw(0xc0, 0x0c)
                .data(12, 1, new byte[] {3, 'a'})
                .address(ONE)
                .bytes()));
    }

    @Test
    void decode_moreRecordsPromisedThanSent_isRefused() {
        assertNull(decode(Answers.to(7, QUESTION).address(ONE).countedAs(0xffff).bytes()));
    }

    @Test
    void decode_strangeLabels_areEscapedAndNoHostNames() {
        DnsResponse response = sound(Answers.to(7, new DnsQuestion("1.2.0.192.in-addr.arpa", DnsQuestion.Type.PTR))
                .raw(0xc0, 0x0c)
                .data(12, 1, new byte[] {4, 'a', '.', '\n', '\\', 0}));
        assertEquals(List.of("a\\046\\010\\092"), response.pointers());
        assertFalse(DnsName.isHostName(response.pointers().get(0)));
    }

    @Test
    void decode_mutatedAnswers_neverThrowAndStayInBounds() {
        byte[] seed = Answers.to(7, QUESTION)
                .alias("www.example.com", "b.example.com")
                .raw(0xc0, 0x0c)
                .data(5, 1, new byte[] {1, 'x', (byte) 0xc0, 16})
                .address("b.example.com", ONE)
                .pointer("host.example.com")
                .address(IpAddress.parse("2001:db8::1"))
                .opt(0)
                .bytes();
        int read = 0;
        for (int round = 0; round < 200_000; round++) {
            Rng rng = Rng.seeded(round);
            byte[] mutated = Arrays.copyOf(seed, rng.nextInt(8) == 0 ? rng.nextInt(seed.length + 1) : seed.length);
            for (int changes = 1 + rng.nextInt(4); changes > 0 && mutated.length > 0; changes--) {
                mutated[rng.nextInt(mutated.length)] = (byte) (rng.nextInt(3) == 0 ? 0xc0 : rng.nextLong());
            }
            DnsResponse response = decode(mutated);
            if (response != null) {
                read++;
                for (DnsRecord each : response.answers()) {
                    assertTrue(each.owner().length() <= 4 * DnsName.MAX_NAME_BYTES, "seed " + round);
                }
                response.addresses();
                response.pointers();
            }
        }
        assertTrue(read > 10_000, "some mutations must leave a sound message: " + read);
    }

    @Test
    void names_validAndNot() {
        String label = "a".repeat(63);
        for (String name : List.of("a", "a.", "a-b_c.d", label + "." + label + "." + label + "." + "a".repeat(61))) {
            assertTrue(DnsName.isValid(name), name);
        }
        for (String name : List.of(
                "", ".", "..", "a..b", ".a", "a b", "a\n", "\u00e4", label + "a", (label + ".").repeat(4), "a.b..")) {
            assertFalse(DnsName.isValid(name), name);
        }
    }

    @Test
    void namesOfAddresses_areTheReverseZones() {
        assertEquals("1.2.0.192.in-addr.arpa", DnsName.ofAddress(IpAddress.parse("192.0.2.1")));
        assertEquals(
                "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
                DnsName.ofAddress(IpAddress.parse("2001:db8::1")));
    }
}
