package dev.atoll.runtime.policy;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.filter.RuleSet;
import java.nio.ByteBuffer;

/**
 * A rule set as bytes, for the control descriptor between the launcher, which reads policy text, and the program's JVM,
 * which gets rules with their origins and never text.
 *
 * <p>They are an {@link Archive} with nothing else in it. Reading believes nothing: every count is checked against the bytes
 * that are left and the bounds of {@link RuleSet}, and what was read must be a valid rule set.
 */
public final class RuleSetCodec {
    /** The most bytes that are written or read. */
    public static final int MAX_BYTES = 256 * 1024 * 1024;

    private RuleSetCodec() {}

    /**
     * The rule set's bytes.
     *
     * @throws IllegalArgumentException if it has a matcher or target that is not one of the standard ones, or is larger
     *     than {@link #MAX_BYTES}
     */
    public static byte[] encode(RuleSet ruleSet) {
        Archive archive = Archive.saving();
        RuleSet.archive(archive, ruleSet);
        archive.end();
        byte[] bytes = archive.toByteArray();
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("the rule set is larger than " + MAX_BYTES + " bytes");
        }
        return bytes;
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
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        try {
            Archive archive = Archive.restoring(all);
            RuleSet ruleSet = RuleSet.archive(archive, null);
            archive.end();
            return ruleSet;
        } catch (ArchiveException | IllegalArgumentException e) {
            // The records of the rule set refuse values out of range and say which.
            throw new MalformedRuleSetException("not a rule set: " + e.getMessage(), e);
        }
    }
}
