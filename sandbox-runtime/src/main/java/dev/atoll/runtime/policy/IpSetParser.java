package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.IpSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads files of sets in the form that {@code ipset save} prints and {@code ipset restore} reads: lines that create a set and
 * add to it. What is wrong with them is told at once, with its place.
 */
public final class IpSetParser {
    /** The largest text that is read, characters: as many elements as a set may have. */
    public static final int MAX_TEXT = 512 * 1024 * 1024;

    private IpSetParser() {}

    /**
     * The sets that texts have.
     *
     * @param sets by name, in the order in which they are created; not all of them if something was wrong
     * @param errors everything that was; empty if nothing
     */
    public record Result(Map<String, IpSet> sets, List<PolicyError> errors) {}

    /** Reads texts, one after the other: a list may have sets of a text before. */
    public static Result parse(List<PolicyText> texts) {
        Map<String, IpSetDraft> drafts = new LinkedHashMap<>();
        List<PolicyError> errors = new ArrayList<>();
        for (PolicyText text : texts) {
            errors.addAll(new IpSetReader(text, drafts).read());
        }
        Map<String, IpSet> sets = new LinkedHashMap<>();
        for (IpSetDraft draft : drafts.values()) {
            draft.build(sets);
        }
        return new Result(sets, errors);
    }
}
