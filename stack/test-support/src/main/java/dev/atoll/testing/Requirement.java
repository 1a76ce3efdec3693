package dev.atoll.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names a requirement that a test proves to be met, by its id in a catalogue below {@code conformance} of the stack's test
 * resources. {@code docs/conformance.md} is made of both.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Requirement.List.class)
public @interface Requirement {
    /** The catalogue and the id in it, such as {@code RFC 9293 MUST-14}. */
    String value();

    /** Several on one test. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface List {
        Requirement[] value();
    }
}
