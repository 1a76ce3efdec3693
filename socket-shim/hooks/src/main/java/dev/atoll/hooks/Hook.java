package dev.atoll.hooks;

import dev.atoll.bridge.Doors;
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
     * Whether the class is edited when the JVM loads it, which few programs have it do, and not before {@code main}, where
     * loading it costs every start.
     */
    default boolean atLoad() {
        return false;
    }

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

    /**
     * At the head of the method stands a call of the door with the method's own arguments. If the door answers, the method
     * returns that answer; if it says that the call is none of its own, the method goes on as if nothing had been there.
     *
     * <p>Not its own is null, and {@link Doors#NOT_OURS} of a long.
     *
     * @param receiver the descriptor of the type as which the door takes {@code this}, before the arguments; empty for a static method
     */
    record Prelude(String owner, String method, String descriptor, String receiver, String door) implements Hook {
        @Override
        public String target() {
            return owner.replace('/', '.') + "." + method;
        }

        /** What the door's descriptor is. */
        public String doorDescriptor() {
            return "(" + receiver + descriptor.substring(1);
        }
    }

    /**
     * The method's body becomes a call of the door, which has no arguments and no result and throws. So a native method is
     * refused that would open a socket of the kernel and that nothing is to reach.
     */
    record Refuse(String owner, String method, String descriptor, String door) implements Hook {
        @Override
        public String target() {
            return owner.replace('/', '.') + "." + method;
        }

        @Override
        public boolean atLoad() {
            return true;
        }
    }

    /** What the method returns goes through the door, which takes and gives one of the same type. */
    record Result(String owner, String method, String descriptor, String door) implements Hook {
        @Override
        public String target() {
            return owner.replace('/', '.') + "." + method;
        }

        @Override
        public boolean atLoad() {
            return true;
        }

        /** What the door's descriptor is. */
        public String doorDescriptor() {
            String type = descriptor.substring(descriptor.indexOf(')') + 1);
            return "(" + type + ")" + type;
        }
    }
}
