package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What a stack relies on in the source of its endpoints' numbers ({@code StackBuilder.idSource}). */
public abstract class IdSourceContract {
    private static final int NUMBERS = 10_000;

    protected IdSourceContract() {}

    /** A new one, as it is for a new stack. */
    protected abstract LongSupplier newSource();

    private List<Long> draw() {
        LongSupplier source = newSource();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < NUMBERS; i++) {
            numbers.add(source.getAsLong());
        }
        return numbers;
    }

    @Test
    void numbers_areGivenOnce() {
        Set<Long> seen = new HashSet<>();
        for (long number : draw()) {
            assertTrue(seen.add(number), number + " is given twice");
        }
    }

    /** 0 is what a connection that nobody has an endpoint for is listed under. */
    @Test
    void zero_isNobodysNumber() {
        for (long number : draw()) {
            assertNotEquals(0, number);
        }
    }

    /** Who simulates a network replays it, and finds endpoints by their numbers. */
    @Test
    void sourcesOfTwoStacks_giveTheSameNumbers() {
        assertEquals(draw(), draw());
    }
}
