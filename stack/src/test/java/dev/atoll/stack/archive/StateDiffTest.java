package dev.atoll.stack.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateDiffTest {
    /** Some state, with a way back to itself. */
    @SuppressWarnings("UnusedVariable") // read by reflection
    private static final class Node {
        int count;

        @Nullable Object other;

        Node self = this;

        Node(int count, @Nullable Object other) {
            this.count = count;
            this.other = other;
        }
    }

    private static List<String> differences(Object left, Object right) {
        return new StateDiff().compare("it", left, right).differences();
    }

    @Test
    void alike_noDifference() {
        assertEquals(List.of(), differences(new Node(1, "a"), new Node(1, "a")));
        assertEquals(List.of(), differences(new long[] {1, 2}, new long[] {1, 2}));
        assertEquals(List.of(), differences(Map.of("a", 1, "b", 2), new HashMap<>(Map.of("b", 2, "a", 1))));
    }

    @Test
    void differences_areNamedByTheirPath() {
        Node left = new Node(1, new Object[] {"a", new Node(2, null)});
        Node right = new Node(1, new Object[] {"b", new Node(3, null)});
        assertEquals(List.of("it.other[0]: a and b", "it.other[1].count: 2 and 3"), differences(left, right));
        assertEquals(List.of("it.other: null and a"), differences(new Node(1, null), new Node(1, "a")));
    }

    @Test
    void order_countsWhereThereIsOne() {
        Map<String, Integer> left = new LinkedHashMap<>();
        left.put("a", 1);
        left.put("b", 1);
        Map<String, Integer> right = new LinkedHashMap<>();
        right.put("b", 1);
        right.put("a", 1);
        assertEquals(2, differences(left, right).size());
        assertEquals(2, differences(List.of(1, 2), List.of(2, 1)).size());
    }

    @Test
    void sharing_countsOnBothSides() {
        Node one = new Node(1, null);
        List<Node> shared = List.of(one, one);
        List<Node> apart = List.of(new Node(1, null), new Node(1, null));
        assertEquals(List.of("it[1]: shared with others on one side only"), differences(shared, apart));
        assertEquals(List.of("it[1]: shared with others on one side only"), differences(apart, shared));
    }

    @Test
    void ignoredFieldAndClass_areLeftOut() {
        StateDiff field = new StateDiff().ignoring("StateDiffTest.Node.count", "to see that it is");
        assertEquals(
                List.of(),
                field.compare("it", new Node(1, null), new Node(2, null)).differences());
        StateDiff type = new StateDiff().ignoring("StateDiffTest.Node", "to see that it is");
        assertEquals(
                List.of(),
                type.compare("it", new Node(1, null), new Node(2, null)).differences());
    }

    /** Nobody has said yet how it is to be compared. */
    @Test
    void unknownClassOfTheJdk_isAnError() {
        Node left = new Node(1, new ReentrantLock());
        Node right = new Node(1, new ReentrantLock());
        assertThrows(AssertionError.class, () -> differences(left, right));
    }
}
