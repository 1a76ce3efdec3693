package dev.atoll.runtime.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the mistakes of one text, up to a bound at which reading stops. */
final class Problems {
    static final int MAX_ERRORS = 100;

    private final String source;
    private final List<PolicyError> errors = new ArrayList<>();

    Problems(String source) {
        this.source = source;
    }

    /** Takes a mistake unless it is known, as one that is there for both families, or there are too many. */
    boolean add(PolicyError error) {
        return errors.size() < MAX_ERRORS && !errors.contains(error) && errors.add(error);
    }

    void removeAll(List<PolicyError> told) {
        errors.removeAll(told);
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    boolean isFull() {
        return errors.size() == MAX_ERRORS;
    }

    List<PolicyError> sorted() {
        List<PolicyError> sorted = new ArrayList<>(errors);
        sorted.sort(Comparator.comparingInt(PolicyError::line).thenComparingInt(PolicyError::column));
        if (isFull()) {
            PolicyError last = sorted.get(sorted.size() - 1);
            String message = "reading stopped here, after " + MAX_ERRORS + " mistakes";
            sorted.add(new PolicyError(source, last.line(), last.column(), 1, message, null, last.excerpt()));
        }
        return sorted;
    }
}
