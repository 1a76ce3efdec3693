package dev.atoll.stack.tcp;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The congestion controls of a stack by their names: the built-in ones, and those of its owner. */
public final class CongestionControls {
    private static final List<String> BUILT_IN = List.of(Cubic.NAME, LetterCubic.NAME, NewReno.NAME);

    private final TreeMap<String, CongestionControl.Factory> own;

    /**
     * @param own the owner's, under names that are not {@linkplain #isBuiltIn taken}
     */
    public CongestionControls(Map<String, CongestionControl.Factory> own) {
        this.own = new TreeMap<>(own);
    }

    /** Whether every stack has one of that name. */
    public static boolean isBuiltIn(String name) {
        return BUILT_IN.contains(name);
    }

    /** Whether there is one of that name. */
    public boolean has(String name) {
        return isBuiltIn(name) || own.containsKey(name);
    }

    /** All of them, to be listed to who asked for another. */
    public List<String> names() {
        List<String> names = new ArrayList<>(BUILT_IN);
        names.addAll(own.keySet());
        return names;
    }

    /** One for a connection, by a name that {@linkplain #has is there}. */
    CongestionControl create(String name, CongestionWindow window) {
        return switch (name) {
            case Cubic.NAME -> new Cubic(window);
            case LetterCubic.NAME -> new LetterCubic(window);
            case NewReno.NAME -> new NewReno(window);
            default -> Objects.requireNonNull(own.get(name)).create(window);
        };
    }
}
