package dev.atoll.stack.packetdrill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An argument or result of a system call. */
sealed interface Expression {
    /** {@code ...}: whatever the runner thinks right, or any value. */
    record Ellipsis() implements Expression {}

    record Int(long value) implements Expression {}

    /** A constant by name. */
    record Word(String name) implements Expression {}

    record Text(String value) implements Expression {}

    /** {@code a|b} */
    record Or(Expression left, Expression right) implements Expression {}

    /** {@code function(argument)}, as in {@code htons(80)}. */
    record Call(String function, Expression argument) implements Expression {}

    /** {@code [a, b]} */
    record Listing(List<Expression> items) implements Expression {
        public Listing {
            items = List.copyOf(items);
        }
    }

    /** {@code {a = 1, b = 2}} or {@code {..., 3}} */
    record Struct(List<Member> members) implements Expression {
        public Struct {
            members = List.copyOf(members);
        }

        /** The value of the named member, or null. */
        @Nullable Expression member(String name) {
            for (Member member : members) {
                if (name.equals(member.name())) {
                    return member.value();
                }
            }
            return null;
        }
    }

    /**
     * A member of a struct.
     *
     * @param name null where the script gives only a value
     */
    record Member(@Nullable String name, Expression value) {}
}
