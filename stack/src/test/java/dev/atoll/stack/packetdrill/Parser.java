package dev.atoll.stack.packetdrill;

import dev.atoll.stack.packetdrill.Script.Code;
import dev.atoll.stack.packetdrill.Script.Command;
import dev.atoll.stack.packetdrill.Script.Event;
import dev.atoll.stack.packetdrill.Script.When;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a script: options, then commands, then events. Packets and expressions have parsers of their own. */
final class Parser {
    private static final BigDecimal MICROSECONDS = BigDecimal.valueOf(1_000_000);
    private static final long MAX_TIME_US = 1_000_000_000_000L;

    private final TokenStream tokens;
    private final PacketParser packets;
    private final ExpressionParser expressions;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        packets = new PacketParser(tokens);
        expressions = new ExpressionParser(tokens);
    }

    static Script parse(String name, String source) throws ScriptException {
        return new Parser(new TokenStream(Lexer.tokens(source))).script(name);
    }

    private Script script(String name) throws ScriptException {
        Map<String, String> options = new LinkedHashMap<>();
        while (tokens.at(Token.Kind.OPTION)) {
            String option = tokens.take().text();
            int equals = option.indexOf('=');
            if (equals < 0) {
                options.put(option, "");
            } else {
                options.put(option.substring(0, equals), option.substring(equals + 1));
            }
        }
        if (options.containsKey("psp_udp_port")) {
            throw ScriptException.unsupported(tokens.peek().line(), "encapsulation in PSP");
        }
        List<String> commands = new ArrayList<>();
        while (tokens.at(Token.Kind.COMMAND)) {
            commands.add(tokens.take().text());
        }
        List<Event> events = new ArrayList<>();
        while (!tokens.at(Token.Kind.END)) {
            if (tokens.at(Token.Kind.COMMAND)) {
                tokens.take(); // A command without a time cleans up after the script: nothing outlives a stack here.
                if (!tokens.at(Token.Kind.END)) {
                    throw tokens.wrong("nothing after the command that cleans up");
                }
            } else {
                events.add(event());
            }
        }
        if (events.isEmpty()) {
            throw tokens.wrong("an event");
        }
        return new Script(name, options, commands, events);
    }

    private Event event() throws ScriptException {
        int line = tokens.peek().line();
        When when = when();
        Script.Action action = action();
        boolean outbound = action instanceof PacketSpec packet && packet.outbound();
        boolean exact = when.kind() == When.Kind.ABSOLUTE || when.kind() == When.Kind.RELATIVE;
        if (!exact && !outbound) {
            throw ScriptException.wrong(line, "only an outbound packet can have a time that is not exact");
        }
        return new Event(line, when, action);
    }

    private When when() throws ScriptException {
        if (tokens.accept('*')) {
            return new When(When.Kind.ANY, 0, 0);
        }
        boolean relative = tokens.accept('+');
        int line = tokens.peek().line();
        long from = time();
        if (!tokens.accept('~')) {
            return new When(relative ? When.Kind.RELATIVE : When.Kind.ABSOLUTE, from, from);
        }
        if (relative) {
            tokens.expect('+');
        }
        long to = time();
        if (to < from) {
            throw ScriptException.wrong(line, "the time range is backwards");
        }
        return new When(relative ? When.Kind.RELATIVE_RANGE : When.Kind.ABSOLUTE_RANGE, from, to);
    }

    private long time() throws ScriptException {
        if (!tokens.at(Token.Kind.FLOAT) && !tokens.at(Token.Kind.INTEGER)) {
            throw tokens.wrong("a time in seconds");
        }
        Token token = tokens.take();
        long us = new BigDecimal(token.text()).multiply(MICROSECONDS).longValue();
        if (us < 0 || us > MAX_TIME_US) {
            throw ScriptException.wrong(token.line(), "the time " + token.text() + " is out of range");
        }
        return us;
    }

    private Script.Action action() throws ScriptException {
        Token next = tokens.peek();
        if (next.is('<') || next.is('>')) {
            return packets.packet();
        }
        if (next.kind() == Token.Kind.COMMAND) {
            return new Command(tokens.take().text());
        }
        if (next.kind() == Token.Kind.CODE) {
            return new Code(tokens.take().text());
        }
        return systemCall();
    }

    private SystemCall systemCall() throws ScriptException {
        long blocksUntil = tokens.accept(Token.Kind.ELLIPSIS) ? time() : SystemCall.DOES_NOT_BLOCK;
        String name = tokens.expect(Token.Kind.WORD, "a packet, a system call, a command or code")
                .text();
        tokens.expect('(');
        List<Expression> arguments = expressions.list(')');
        tokens.expect('=');
        Expression result = expressions.expression();
        String errno = tokens.at(Token.Kind.WORD) ? tokens.take().text() : null;
        if (tokens.accept('(')) {
            while (!tokens.accept(')')) { // A note for people: what strerror says, or the flags poll gave.
                tokens.expect(Token.Kind.WORD, "a word or ')'");
            }
        }
        return new SystemCall(name, arguments, blocksUntil, result, errno);
    }
}
