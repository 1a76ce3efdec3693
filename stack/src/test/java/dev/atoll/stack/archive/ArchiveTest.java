package dev.atoll.stack.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArchiveTest {
    private static Archive again(Archive saved) {
        return Archive.restoring(saved.toByteArray());
    }

    private static String text(Archive archive, @Nullable String value) {
        return archive.text(value == null ? "" : value);
    }

    @Test
    void values_comeBack() {
        Archive saved = Archive.saving();
        assertFalse(saved.isRestoring());
        assertEquals(-7, saved.int32(-7));
        saved.bool(true);
        saved.int8(-1);
        saved.int64(Long.MIN_VALUE);
        saved.text("Grüße");
        saved.bytes(new byte[] {1, 2, 3}, 3);
        saved.constant(TimeUnit.DAYS);
        saved.int32s(new int[] {4, 5});
        saved.int64s(new long[] {6});
        saved.bytes(ByteBuffer.wrap(new byte[] {9, 8, 7, 6}), 1, 2);
        saved.end();

        Archive restored = again(saved);
        assertTrue(restored.isRestoring());
        assertEquals(-7, restored.int32(0));
        assertTrue(restored.bool(false));
        assertEquals(-1, restored.int8(0));
        assertEquals(Long.MIN_VALUE, restored.int64(0));
        assertEquals("Grüße", restored.text(""));
        assertArrayEquals(new byte[] {1, 2, 3}, restored.bytes(new byte[0], 3));
        assertEquals(TimeUnit.DAYS, restored.constant(TimeUnit.HOURS));
        int[] ints = new int[2];
        restored.int32s(ints);
        assertArrayEquals(new int[] {4, 5}, ints);
        long[] longs = new long[1];
        restored.int64s(longs);
        assertEquals(6, longs[0]);
        ByteBuffer buffer = ByteBuffer.allocate(4);
        restored.bytes(buffer, 1, 2);
        assertArrayEquals(new byte[] {0, 8, 7, 0}, buffer.array());
        restored.end();
    }

    @Test
    void missingValues_andLists_comeBack() {
        Archive saved = Archive.saving();
        saved.optional(null, ArchiveTest::text);
        saved.optional("there", ArchiveTest::text);
        saved.list(List.of("a", "b"), 5, ArchiveTest::text);

        Archive restored = again(saved);
        assertNull(restored.optional("not", ArchiveTest::text));
        assertEquals("there", restored.optional(null, ArchiveTest::text));
        List<String> list = new ArrayList<>(List.of("what", "was", "there"));
        restored.list(list, 5, ArchiveTest::text);
        assertEquals(List.of("a", "b"), list);
    }

    private static int[] cell(Archive archive, int @Nullable [] value) {
        return new int[] {archive.int32(value == null ? 0 : value[0])};
    }

    private static int[] same(Archive archive, int @Nullable [] value) {
        int[] cell = value == null ? cell(archive, null) : value;
        if (value != null) {
            cell(archive, value);
        }
        return cell;
    }

    @Test
    void sharedObject_isOneAfterwards() {
        int[] one = {1};
        int[] other = {1};
        Archive saved = Archive.saving();
        for (int[] each : List.of(one, other, one)) {
            saved.shared(each, int[].class, ArchiveTest::same);
        }
        Archive restored = again(saved);
        int[] first = restored.shared(null, int[].class, ArchiveTest::same);
        int[] second = restored.shared(null, int[].class, ArchiveTest::same);
        assertSame(first, restored.shared(null, int[].class, ArchiveTest::same));
        assertFalse(first == second);
    }

    @Test
    void sharedObject_ofAnotherType_isFound() {
        Archive saved = Archive.saving();
        saved.shared("text", String.class, ArchiveTest::text);
        saved.int32(0);
        Archive restored = again(saved);
        restored.shared(null, String.class, ArchiveTest::text);
        assertThrows(ArchiveException.class, () -> restored.shared(null, int[].class, ArchiveTest::same));
    }

    @Test
    void muchData_grows() {
        byte[] much = new byte[1 << 20];
        Arrays.fill(much, (byte) 3);
        Archive saved = Archive.saving();
        saved.bytes(much, much.length);
        saved.bytes(much, much.length);
        Archive restored = again(saved);
        restored.bytes(new byte[0], much.length);
        assertArrayEquals(much, restored.bytes(new byte[0], much.length));
    }

    private static String refusal(byte[] saved) {
        return Objects.requireNonNull(assertThrows(ArchiveException.class, () -> Archive.restoring(saved))
                .getMessage());
    }

    @Test
    void damage_isFoundBeforeAnythingIsRead() {
        Archive archive = Archive.saving();
        archive.text("something");
        byte[] saved = archive.toByteArray();

        assertEquals("this is no saved stack", refusal(new byte[0]));
        assertEquals("this is no saved stack", refusal(new byte[100]));
        byte[] cut = Arrays.copyOf(saved, saved.length - 1);
        assertEquals("the saved stack is cut: 12 of 13 bytes are there", refusal(cut));
        byte[] spoiled = saved.clone();
        spoiled[saved.length - 1]++;
        assertEquals("the saved stack is damaged: its checksum does not match", refusal(spoiled));
        byte[] older = saved.clone();
        older[11]--;
        assertEquals("saved in version 0 of the format, and this stack reads 1", refusal(older));
    }

    @Test
    void outOfStep_isFoundAtTheNextSection() {
        Archive saved = Archive.saving();
        saved.section("first");
        saved.section("third");
        Archive restored = again(saved);
        restored.section("first");
        ArchiveException e = assertThrows(ArchiveException.class, () -> restored.section("second"));
        assertEquals("section first is followed by second, not by third", e.getMessage());
    }

    @Test
    void whatIsLeftOver_isFound() {
        Archive saved = Archive.saving();
        saved.section("end");
        saved.int32(1);
        Archive restored = again(saved);
        assertEquals(
                "4 bytes follow the end",
                assertThrows(ArchiveException.class, restored::end).getMessage());
    }

    @Test
    void count_isHeldAgainstWhatThereCanBe() {
        Archive saved = Archive.saving();
        saved.int32(1_000_000_000);
        saved.int32(-1);
        Archive restored = again(saved);
        assertThrows(ArchiveException.class, () -> restored.count(0, 1000));
        assertThrows(ArchiveException.class, () -> restored.count(0, 1000));
        assertThrows(ArchiveException.class, () -> restored.int64(0), "it ends early");
    }
}
