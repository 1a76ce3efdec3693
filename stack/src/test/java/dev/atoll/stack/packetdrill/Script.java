package dev.atoll.stack.packetdrill;

import java.util.List;
import java.util.Map;

/**
 * A script as read.
 *
 * @param name for messages: usually the file's path
 * @param options what the lines beginning with {@code --} say, by name
 * @param commands shell commands that stand before the first event
 * @param events what happens, in order
 */
record Script(String name, Map<String, String> options, List<String> commands, List<Event> events) {
    Script {
        options = Map.copyOf(options);
        commands = List.copyOf(commands);
        events = List.copyOf(events);
    }

    /** One line: when, and what. */
    record Event(int line, When when, Action action) {}

    /**
     * When an event happens, in microseconds. Relative times count from the moment the event before it was done.
     *
     * @param toUs the end of a range; otherwise the same as {@code fromUs}
     */
    record When(Kind kind, long fromUs, long toUs) {
        enum Kind {
            ABSOLUTE,
            ABSOLUTE_RANGE,
            RELATIVE,
            RELATIVE_RANGE,
            /** At any time. */
            ANY
        }

        boolean isRelative() {
            return kind == Kind.RELATIVE || kind == Kind.RELATIVE_RANGE;
        }
    }

    /** What happens. */
    sealed interface Action permits PacketSpec, SystemCall, Command, Code {}

    /** A shell command. */
    record Command(String text) implements Action {}

    /** Code that asserts something about TCP_INFO. */
    record Code(String text) implements Action {}
}
