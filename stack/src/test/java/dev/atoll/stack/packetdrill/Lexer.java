package dev.atoll.stack.packetdrill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a script into tokens. At each place the longest token wins, and of equally long ones the first in the list, as
 * in the scanner generator the language was defined with. Words defined with {@code --define} are replaced here.
 */
final class Lexer {
    private static final Pattern BLANK = Pattern.compile("(?:[ \\t\\r\\n]+|//[^\\n]*|/\\*(?s:.*?)\\*/)+");

    private record Rule(Token.Kind kind, Pattern pattern) {
        Rule(Token.Kind kind, String regex) {
            this(kind, Pattern.compile(regex));
        }
    }

    /** Group 1, where there is one, is the token's text. */
    private static final List<Rule> RULES = List.of(
            new Rule(Token.Kind.CODE, "%\\{((?s:.*?))\\}%"),
            new Rule(Token.Kind.OPTION, "--([a-zA-Z0-9_]+(?:=(?:\"[^\"]*\"|`[^`]*`|[^ \\t\\r\\n\"`])*)?)"),
            new Rule(Token.Kind.ELLIPSIS, "[.][.][.]"),
            new Rule(Token.Kind.IPV4, "[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+"),
            new Rule(Token.Kind.FLOAT, "-?[0-9]*[.][0-9]+"),
            new Rule(Token.Kind.INTEGER, "-?[0-9]+"),
            new Rule(Token.Kind.HEX, "0x[0-9a-fA-F]+"),
            new Rule(Token.Kind.WORD, "[a-zA-Z0-9_]+"),
            new Rule(Token.Kind.STRING, "\"((?s:\\\\.|[^\"\\\\])*)\""),
            new Rule(Token.Kind.COMMAND, "`((?s:\\\\.|[^`\\\\])*)`"),
            new Rule(Token.Kind.SYMBOL, "[^ \\t\\r\\n]"));

    private final String source;
    private final Map<String, String> defines = new HashMap<>();
    private int at;
    private int line = 1;

    private Lexer(String source) {
        this.source = source;
    }

    /** All tokens of the script, with {@link Token.Kind#END} last. */
    static List<Token> tokens(String source) throws ScriptException {
        Lexer lexer = new Lexer(source);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
        } while (token.kind() != Token.Kind.END);
        return tokens;
    }

    private Token next() throws ScriptException {
        Matcher blank = matcher(BLANK);
        if (blank.lookingAt()) {
            advance(blank.end());
        }
        if (at == source.length()) {
            return new Token(Token.Kind.END, "", 0, line);
        }
        if (source.startsWith("/*", at)) {
            throw ScriptException.wrong(line, "comment without end");
        }
        Token.Kind kind = Token.Kind.END;
        String text = "";
        int end = at;
        for (Rule rule : RULES) {
            Matcher matcher = matcher(rule.pattern);
            if (matcher.lookingAt() && matcher.end() > end) {
                kind = rule.kind;
                text = matcher.group(matcher.groupCount());
                end = matcher.end();
            }
        }
        if (kind == Token.Kind.SYMBOL && (text.equals("\"") || text.equals("`"))) {
            throw ScriptException.wrong(line, "quote without end");
        }
        Token token = make(kind, text, line);
        advance(end);
        return token;
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(source).region(at, source.length());
    }

    private void advance(int to) {
        for (int i = at; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        at = to;
    }

    private Token make(Token.Kind kind, String text, int tokenLine) throws ScriptException {
        switch (kind) {
            case OPTION:
                if (text.startsWith("define=")) {
                    define(text.substring("define=".length()), tokenLine);
                }
                return new Token(kind, text, 0, tokenLine);
            case WORD:
                String value = defines.get(text);
                return value == null ? new Token(kind, text, 0, tokenLine) : defined(value, tokenLine);
            case INTEGER:
                return new Token(kind, text, parse(text, 10, tokenLine), tokenLine);
            case HEX:
                return new Token(kind, text, parse(text.substring(2), 16, tokenLine), tokenLine);
            case CODE, STRING, COMMAND:
                return new Token(kind, text.strip(), 0, tokenLine);
            case FLOAT, IPV4, ELLIPSIS, SYMBOL, END:
                return new Token(kind, text, 0, tokenLine);
        }
        throw new AssertionError(kind);
    }

    private void define(String definition, int tokenLine) throws ScriptException {
        int equals = definition.indexOf('=');
        if (equals <= 0) {
            throw ScriptException.wrong(tokenLine, "--define needs NAME=VALUE, not \"" + definition + "\"");
        }
        defines.put(definition.substring(0, equals), definition.substring(equals + 1));
    }

    private static Token defined(String value, int tokenLine) {
        char first = value.isEmpty() ? ' ' : value.charAt(0);
        if (first == '"' || first == '`') {
            Token.Kind kind = first == '"' ? Token.Kind.STRING : Token.Kind.COMMAND;
            return new Token(kind, value.substring(1, value.length() - 1), 0, tokenLine);
        }
        try {
            return new Token(Token.Kind.INTEGER, value, Long.decode(value), tokenLine);
        } catch (NumberFormatException notANumber) {
            return new Token(Token.Kind.WORD, value, 0, tokenLine);
        }
    }

    private static long parse(String digits, int radix, int tokenLine) throws ScriptException {
        try {
            return Long.parseLong(digits, radix);
        } catch (NumberFormatException e) {
            throw ScriptException.wrong(tokenLine, "the number " + digits + " is too large");
        }
    }
}
