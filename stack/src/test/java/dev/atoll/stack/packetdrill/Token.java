package dev.atoll.stack.packetdrill;

/**
 * A piece of a script.
 *
 * @param text its characters, without quotes or brackets of the kinds that have them
 * @param number the value of an INTEGER or HEX
 */
record Token(Kind kind, String text, long number, int line) {
    enum Kind {
        /** {@code --name} or {@code --name=value}; the text is both. */
        OPTION,
        WORD,
        INTEGER,
        HEX,
        FLOAT,
        IPV4,
        STRING,
        /** Between back quotes: a shell command. */
        COMMAND,
        /** Between <code>%{</code> and <code>}%</code>: code that looks at TCP_INFO. */
        CODE,
        ELLIPSIS,
        /** A single other character. */
        SYMBOL,
        END
    }

    boolean is(char symbol) {
        return kind == Kind.SYMBOL && text.charAt(0) == symbol;
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && text.equals(word);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case END -> "the end of the script";
            case STRING -> "\"" + text + "\"";
            case COMMAND -> "`" + text + "`";
            case CODE -> "%{" + text + "}%";
            case OPTION, WORD, INTEGER, HEX, FLOAT, IPV4, ELLIPSIS, SYMBOL -> "'" + text + "'";
        };
    }
}
