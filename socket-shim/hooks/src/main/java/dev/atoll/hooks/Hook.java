package dev.atoll.hooks;

import java.util.List;

/** One edit of one JDK class. Names of classes are binary names with slashes, as in class files. */
public sealed interface Hook {
    /** The class edited. */
    String owner();

    /** The method of {@code dev.atoll.bridge.Doors} that the edited code calls. */
    String door();

    /** What the hook is about, for messages: {@code java.net.Foo.bar}. */
    String target();

    /**
     * The method's body becomes a call of the door with the same arguments (without {@code this}); the door has the
     * method's descriptor. HotSpot lets a retransformation do so with a native method too.
     */
    record ReplaceBody(String owner, String method, String descriptor, String door) implements Hook {
        @Override
        public String target() {
            return owner.replace('/', '.') + "." + method;
        }
    }

    /**
     * Before each call of the class's own static {@code method} stands a call of the door, which has no arguments and no
     * result. The method must be private: then these are all the calls there are.
     *
     * @param callers the names of the methods that call it; a call elsewhere means that this is not the class expected
     */
    record GuardCalls(String owner, String method, String descriptor, List<String> callers, String door)
            implements Hook {
        @Override
        public String target() {
            return "calls of " + owner.replace('/', '.') + "." + method;
        }
    }
}
