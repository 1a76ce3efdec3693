/**
 * What the stack relies on in what others bring: a class of tests for each such interface, to be extended by whoever
 * implements it. In a jar of its own ({@code atoll-stack}, type {@code test-jar}), which needs JUnit and the stack.
 */
@NullMarked
package dev.atoll.stack.contract;

import org.jspecify.annotations.NullMarked;
