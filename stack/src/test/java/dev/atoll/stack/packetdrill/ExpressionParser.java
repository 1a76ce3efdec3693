package dev.atoll.stack.packetdrill;

import dev.atoll.stack.packetdrill.Expression.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads arguments of system calls. Structs are read by one general rule instead of one for each C type; what a call
 * makes of the members is its own affair.
 */
final class ExpressionParser {
    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** Expressions separated by commas up to {@code end}, which is taken too. */
    List<Expression> list(char end) throws ScriptException {
        List<Expression> items = new ArrayList<>();
        if (tokens.accept(end)) {
            return items;
        }
        do {
            items.add(expression());
        } while (tokens.accept(','));
        tokens.expect(end);
        return items;
    }

    Expression expression() throws ScriptException {
        Expression left = single();
        while (tokens.accept('|')) {
            left = new Expression.Or(left, single());
        }
        return left;
    }

    private Expression single() throws ScriptException {
        Token token = tokens.take();
        switch (token.kind()) {
            case ELLIPSIS:
                return new Expression.Ellipsis();
            case INTEGER, HEX:
                return new Expression.Int(token.number());
            case STRING:
                return text(token);
            case WORD:
                if (tokens.accept('(')) {
                    Expression argument = expression();
                    tokens.expect(')');
                    return new Expression.Call(token.text(), argument);
                }
                return new Expression.Word(token.text());
            case SYMBOL:
                if (token.is('[')) {
                    return new Expression.Listing(list(']'));
                }
                if (token.is('{')) {
                    return new Expression.Struct(members());
                }
                break;
            case OPTION, FLOAT, IPV4, COMMAND, CODE, END:
                break;
        }
        throw ScriptException.wrong(token.line(), "expected an expression, found " + token);
    }

    /** Strings next to each other are one; an ellipsis after one only shortens it for the reader. */
    private Expression text(Token first) throws ScriptException {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.at(Token.Kind.STRING)) {
            text.append(tokens.take().text());
        }
        tokens.accept(Token.Kind.ELLIPSIS);
        try {
            return new Expression.Text(text.toString().translateEscapes());
        } catch (IllegalArgumentException e) {
            throw ScriptException.unsupported(first.line(), "escapes such as in " + first);
        }
    }

    private List<Member> members() throws ScriptException {
        List<Member> members = new ArrayList<>();
        if (tokens.accept('}')) {
            return members;
        }
        do {
            members.add(member());
        } while (tokens.accept(','));
        tokens.expect('}');
        return members;
    }

    /** A value, {@code name = value}, or {@code name(length) = value}. */
    private Member member() throws ScriptException {
        Expression value = expression();
        if (!tokens.accept('=')) {
            return new Member(null, value);
        }
        if (value instanceof Expression.Word name) {
            return new Member(name.name(), expression());
        }
        if (value instanceof Expression.Call sized) {
            return new Member(sized.function(), expression());
        }
        throw tokens.wrong("a name before '='");
    }
}
