package dev.atoll.stack.packetdrill;

import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** Gives expressions their values. */
final class Values {
    private Values() {}

    static boolean isEllipsis(Expression expression) {
        return expression instanceof Expression.Ellipsis;
    }

    /** The value of a number, constant, or combination; of a list of one the value in it. */
    static long number(Expression expression) throws ScriptFailure {
        if (expression instanceof Expression.Int number) {
            return number.value();
        }
        if (expression instanceof Expression.Word word) {
            Long value = Constants.value(word.name());
            if (value == null) {
                throw ScriptFailure.skip("the constant " + word.name() + " is not known here");
            }
            return value;
        }
        if (expression instanceof Expression.Or or) {
            return number(or.left()) | number(or.right());
        }
        if (expression instanceof Expression.Call call && call.function().equals("htons")) {
            return number(call.argument());
        }
        if (expression instanceof Expression.Listing list && list.items().size() == 1) {
            return number(list.items().get(0));
        }
        throw ScriptFailure.failed("expected a number, found " + expression);
    }

    /** An address in a {@code sockaddr_in}; null for an ellipsis. */
    static @Nullable FullAddress address(Expression expression) throws ScriptFailure {
        if (isEllipsis(expression)) {
            return null;
        }
        if (expression instanceof Expression.Struct struct) {
            Expression family = struct.member("sa_family");
            Expression port = struct.member("sin_port");
            Expression host = struct.member("sin_addr");
            if (family instanceof Expression.Word word && !word.name().equals("AF_INET")) {
                throw ScriptFailure.skip("addresses of family " + word.name());
            }
            if (port != null
                    && host instanceof Expression.Call call
                    && call.function().equals("inet_addr")
                    && call.argument() instanceof Expression.Text text) {
                return new FullAddress(IpAddress.parse(text.value()), (int) number(port));
            }
        }
        throw ScriptFailure.failed("expected {sa_family = AF_INET, sin_port = htons(N), sin_addr = inet_addr(\"A\")},"
                + " found " + expression);
    }

    /** Bytes that the buffers of a message or vector have together. */
    static int vectorLength(@Nullable Expression expression) throws ScriptFailure {
        if (expression == null) {
            throw ScriptFailure.failed("a message without msg_iov");
        }
        Expression vector = expression;
        if (expression instanceof Expression.Struct message) {
            if (message.member("msg_control") != null) {
                throw ScriptFailure.skip("control messages");
            }
            Expression inner = message.member("msg_iov");
            if (inner == null) {
                throw ScriptFailure.failed("a message without msg_iov");
            }
            vector = inner;
        }
        if (!(vector instanceof Expression.Listing list)) {
            throw ScriptFailure.failed("expected buffers, found " + vector);
        }
        int length = 0;
        for (Expression item : list.items()) {
            if (!(item instanceof Expression.Struct buffer) || buffer.members().size() != 2) {
                throw ScriptFailure.failed("expected {..., LENGTH}, found " + item);
            }
            length += (int) number(buffer.members().get(1).value());
        }
        return length;
    }
}
