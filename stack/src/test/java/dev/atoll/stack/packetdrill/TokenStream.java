package dev.atoll.stack.packetdrill;

import java.util.List;

/** Tokens of a script with the place reading has come to; what the parsers share. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    /** The token after the next one. */
    Token peekSecond() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    boolean at(Token.Kind kind) {
        return peek().kind() == kind;
    }

    /** Takes the symbol if it is next. */
    boolean accept(char symbol) {
        if (peek().is(symbol)) {
            at++;
            return true;
        }
        return false;
    }

    /** Takes the word if it is next. */
    boolean accept(String word) {
        if (peek().isWord(word)) {
            at++;
            return true;
        }
        return false;
    }

    boolean accept(Token.Kind kind) {
        if (at(kind)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char symbol) throws ScriptException {
        if (!accept(symbol)) {
            throw wrong("'" + symbol + "'");
        }
    }

    Token expect(Token.Kind kind, String what) throws ScriptException {
        if (!at(kind)) {
            throw wrong(what);
        }
        return take();
    }

    /** An integer within bounds. */
    long number(String what, long min, long max) throws ScriptException {
        if (!at(Token.Kind.INTEGER) && !at(Token.Kind.HEX)) {
            throw wrong(what);
        }
        Token token = take();
        if (token.number() < min || token.number() > max) {
            throw ScriptException.wrong(
                    token.line(), what + " is " + token.text() + ", expected " + min + " to " + max);
        }
        return token.number();
    }

    ScriptException wrong(String expected) {
        return ScriptException.wrong(peek().line(), "expected " + expected + ", found " + peek());
    }
}
