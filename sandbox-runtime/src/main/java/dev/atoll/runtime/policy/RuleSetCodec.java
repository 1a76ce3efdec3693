package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RuleSet;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A rule set as bytes, for the control descriptor between the launcher, which reads policy text, and the program's JVM,
 * which gets rules with their origins and never text.
 *
 * <p>Big-endian. A header of magic and version; then tables, chains, rules, each list with its count first. Texts are
 * written once, each followed by its number where it comes again. Reading believes nothing: every count is checked
 * against the bytes that are left and the bounds of {@link RuleSet}, and what was read must be a valid rule set.
 */
public final class RuleSetCodec {
    /** {@code ATRS} */
    static final int MAGIC = 0x41545253;

    /** Goes up with every change of the format; another version is refused, for both ends come from one build. */
    static final int VERSION = 1;

    /** The most bytes that are written or read. */
    public static final int MAX_BYTES = 256 * 1024 * 1024;

    /** Kinds of matchers and targets on the wire. */
    static final int ADDRESS = 1;

    static final int PROTOCOL = 2;
    static final int INTERFACE = 3;
    static final int TCP = 4;
    static final int UDP = 5;
    static final int ICMP = 6;
    static final int STATE = 7;
    static final int COMMENT = 8;

    static final int ACCEPT = 1;
    static final int DROP = 2;
    static final int RETURN = 3;
    static final int NONE = 4;
    static final int REJECT = 5;
    static final int JUMP = 6;
    static final int GOTO = 7;

    static final int NEGATED = 1;
    static final int SECOND = 2;

    private RuleSetCodec() {}

    /**
     * The rule set's bytes.
     *
     * @throws IllegalArgumentException if it has a matcher or target that is not one of the standard ones, or is larger
     *     than {@link #MAX_BYTES}
     */
    public static byte[] encode(RuleSet ruleSet) {
        RuleSetWriter writer = new RuleSetWriter();
        writer.header(MAGIC, VERSION);
        writer.tables(ruleSet.tables());
        return writer.toBytes();
    }

    /**
     * Reads what {@link #encode} wrote, from the buffer's position to its limit.
     *
     * @throws MalformedRuleSetException for every other content
     */
    public static RuleSet decode(ByteBuffer bytes) throws MalformedRuleSetException {
        if (bytes.remaining() > MAX_BYTES) {
            throw new MalformedRuleSetException(bytes.remaining() + " bytes, at most " + MAX_BYTES + " are read");
        }
        RuleSetReader reader = new RuleSetReader(bytes.duplicate());
        try {
            reader.header(MAGIC, VERSION);
            var tables = reader.tables();
            reader.end();
            List<RuleSet.Problem> problems = RuleSet.problems(tables);
            if (!problems.isEmpty()) {
                throw new MalformedRuleSetException("not a valid rule set: " + problems.get(0));
            }
            return RuleSet.of(tables);
        } catch (IllegalArgumentException e) {
            // The records of the rule set refuse values out of range and say which.
            throw new MalformedRuleSetException("byte " + reader.position() + ": " + e.getMessage(), e);
        }
    }
}
