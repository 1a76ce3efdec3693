package dev.atoll.stack.archive;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Timer;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * In what two graphs of objects differ: walks both in step from two roots, by reflection, and names each value that is
 * not the same by its path. What several objects share on one side they have to share on the other.
 *
 * <p>Every field counts that nobody said does not, so that state added later and not archived shows up by itself. A
 * class of the JDK that it does not know is an error: somebody has to say how it is compared.
 */
public final class StateDiff {
    private static final int MAX_LISTED = 100;

    /** Two objects that have to be the same, and how they were reached. */
    private record Step(
            String path, @Nullable Object left, @Nullable Object right) {}

    /** Names of classes, and of fields with their class, that do not count; and why. */
    private final Map<String, String> ignored = new HashMap<>();

    private final IdentityHashMap<Object, Object> partners = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Object> rightPartners = new IdentityHashMap<>();
    private final ArrayDeque<Step> ahead = new ArrayDeque<>();
    private final List<String> differences = new ArrayList<>();

    public StateDiff() {}

    /**
     * Leaves a field out, or all of a class.
     *
     * @param name {@code Class} or {@code Class.field}; a nested class is {@code Outer.Nested}
     * @param reason why it is no state that is saved
     */
    public StateDiff ignoring(String name, String reason) {
        ignored.put(name, reason);
        return this;
    }

    /** Walks from these two; what was walked by an earlier call is not walked again. */
    public StateDiff compare(String name, @Nullable Object left, @Nullable Object right) {
        ahead.add(new Step(name, left, right));
        while (!ahead.isEmpty() && differences.size() < MAX_LISTED) {
            step(ahead.remove());
        }
        return this;
    }

    /** Each difference found, a line each. */
    public List<String> differences() {
        return differences;
    }

    private void differ(Step step, @Nullable Object left, @Nullable Object right) {
        differences.add(step.path + ": " + left + " and " + right);
    }

    private void step(Step step) {
        Object left = step.left;
        Object right = step.right;
        if (left == right) {
            return;
        }
        if (left == null || right == null) {
            differ(step, left, right);
        } else if (isValue(left) || isValue(right)) {
            if (!left.equals(right)) {
                differ(step, left, right);
            }
        } else if (isCode(left) && isCode(right)) {
            // A lambda: what it does is not state, and what it refers to is reached otherwise.
            return;
        } else if (!ignored.containsKey(nameOf(left.getClass())) && areNew(step, left, right)) {
            into(step, left, right);
        }
    }

    private static boolean isValue(Object object) {
        return object instanceof String
                || object instanceof Number
                || object instanceof Boolean
                || object instanceof Character
                || object instanceof Enum
                || object instanceof EnumSet
                || object instanceof Class;
    }

    private static boolean isCode(Object object) {
        return object.getClass().isHidden() || object.getClass().isSynthetic();
    }

    /** Whether they still have to be walked: one that was met before has to have the same partner as then. */
    private boolean areNew(Step step, Object left, Object right) {
        Object of = partners.putIfAbsent(left, right);
        Object ofRight = rightPartners.putIfAbsent(right, left);
        if (of == right && ofRight == left) {
            return false;
        }
        boolean sharedOtherwise = of != null || ofRight != null;
        if (sharedOtherwise && hasIdentity(left)) {
            differences.add(step.path + ": shared with others on one side only");
            return false;
        }
        return true;
    }

    /** Whether it matters who else has the same object: not for values. */
    private static boolean hasIdentity(Object object) {
        Class<?> type = object.getClass();
        return !type.isRecord()
                && !(object instanceof Collection)
                && !type.getName().startsWith("dev.atoll.stack.wire.");
    }

    private void into(Step step, Object left, Object right) {
        if (left instanceof List && right instanceof List
                || left instanceof ArrayDeque && right instanceof ArrayDeque
                || isOrderedSet(left) && isOrderedSet(right)) {
            inOrder(step, (Collection<?>) left, (Collection<?>) right);
        } else if (left instanceof Map && right instanceof Map) {
            maps(step, (Map<?, ?>) left, (Map<?, ?>) right);
        } else if (left.getClass() != right.getClass()) {
            differ(step, left.getClass().getName(), right.getClass().getName());
        } else if (left.getClass().isArray()) {
            arrays(step, left, right);
        } else if (left instanceof ByteBuffer buffer) {
            bytes(step, buffer, (ByteBuffer) right, 0, buffer.capacity());
        } else if (left instanceof PacketBuffer packet) {
            packets(step, packet, (PacketBuffer) right);
        } else if (left instanceof Throwable && right instanceof Throwable) {
            // Where it was thrown is of the process.
            if (!left.toString().equals(right.toString())) {
                differ(step, left, right);
            }
        } else if (left instanceof Timer timer) {
            timers(step, timer, (Timer) right);
        } else if (left.getClass().getName().startsWith("java.")) {
            throw new AssertionError(step.path + ": how " + left.getClass() + " is compared is not said");
        } else {
            fields(step, left, right, Set.of());
        }
    }

    private static boolean isOrderedSet(Object object) {
        return object instanceof LinkedHashSet || object instanceof SortedSet;
    }

    private void push(String path, @Nullable Object left, @Nullable Object right) {
        ahead.add(new Step(path, left, right));
    }

    private void inOrder(Step step, Collection<?> left, Collection<?> right) {
        if (left.size() != right.size()) {
            differ(step, left.size() + " elements", right.size() + " elements: " + left + " and " + right);
            return;
        }
        Iterator<?> others = right.iterator();
        int index = 0;
        for (Object element : left) {
            push(step.path + "[" + index++ + "]", element, others.next());
        }
    }

    private void maps(Step step, Map<?, ?> left, Map<?, ?> right) {
        if (left.size() != right.size()) {
            differ(step, left.keySet(), right.keySet());
            return;
        }
        boolean ordered = left instanceof LinkedHashMap || left instanceof SortedMap || left instanceof EnumMap;
        List<Map.Entry<?, ?>> others = new ArrayList<>(right.entrySet());
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Map.Entry<?, ?> other = ordered ? others.get(0) : withKey(entry.getKey(), others);
            if (other == null) {
                differ(step, entry.getKey(), "no such key");
                return;
            }
            others.remove(other);
            push(step.path + "{key}", entry.getKey(), other.getKey());
            push(step.path + "{" + entry.getKey() + "}", entry.getValue(), other.getValue());
        }
    }

    private Map.@Nullable Entry<?, ?> withKey(@Nullable Object key, List<Map.Entry<?, ?>> entries) {
        for (Map.Entry<?, ?> entry : entries) {
            if (areKeysAlike(key, entry.getKey())) {
                return entry;
            }
        }
        return null;
    }

    /** In a map without an order, keys that are no values themselves were met already. */
    private boolean areKeysAlike(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null || isValue(left) || left.getClass() != right.getClass()) {
            return left == null ? right == null : left.equals(right);
        }
        if (!left.getClass().isRecord()) {
            return partners.get(left) == right;
        }
        boolean alike = true;
        for (Field field : left.getClass().getDeclaredFields()) {
            alike &= Modifier.isStatic(field.getModifiers()) || areKeysAlike(get(field, left), get(field, right));
        }
        return alike;
    }

    private void arrays(Step step, Object left, Object right) {
        if (Array.getLength(left) != Array.getLength(right)) {
            differ(step, "length " + Array.getLength(left), "length " + Array.getLength(right));
            return;
        }
        for (int i = 0; i < Array.getLength(left); i++) {
            push(step.path + "[" + i + "]", Array.get(left, i), Array.get(right, i));
        }
    }

    private void bytes(Step step, ByteBuffer left, ByteBuffer right, int from, int end) {
        for (int i = from; i < end; i++) {
            if (i >= right.capacity() || left.get(i) != right.get(i)) {
                differ(step, "byte " + i + " is " + left.get(i), i < right.capacity() ? right.get(i) : "missing");
                return;
            }
        }
    }

    /** What is in the memory before its first header and behind its end is nobody's. */
    private void packets(Step step, PacketBuffer left, PacketBuffer right) {
        fields(step, left, right, Set.of("data", "view", "fragments", "flow"));
        int from = left.start();
        for (int header : new int[] {left.networkOffset, left.transportOffset}) {
            from = header == PacketBuffer.UNKNOWN ? from : Math.min(from, header);
        }
        bytes(step, left.data(), right.data(), from, left.end());
    }

    /** A timer's key means something while it is queued; where in the heap it is follows from the keys of all. */
    private void timers(Step step, Timer left, Timer right) {
        boolean queued = isQueued(left);
        if (queued != isQueued(right)) {
            differ(step, "queued " + queued, "queued " + !queued);
        }
        fields(step, left, right, queued ? Set.of("heapIndex") : Set.of("heapIndex", "queuedNs", "sequence"));
    }

    private static boolean isQueued(Timer timer) {
        return (Integer) get(timer, "heapIndex") >= 0;
    }

    private void fields(Step step, Object left, Object right, Set<String> without) {
        for (Class<?> type = left.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                String name = nameOf(type) + "." + field.getName();
                if (!Modifier.isStatic(field.getModifiers())
                        && !without.contains(field.getName())
                        && !ignored.containsKey(name)) {
                    push(step.path + "." + field.getName(), get(field, left), get(field, right));
                }
            }
        }
    }

    private static String nameOf(Class<?> type) {
        String name = type.getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }

    private static @Nullable Object get(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(field + " cannot be read", e);
        }
    }

    /** The value of a private field, which is there and not null. */
    public static Object get(Object object, String field) {
        for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field candidate : type.getDeclaredFields()) {
                if (candidate.getName().equals(field)) {
                    Object value = get(candidate, object);
                    if (value != null) {
                        return value;
                    }
                }
            }
        }
        throw new AssertionError(object.getClass() + " has no " + field);
    }
}
