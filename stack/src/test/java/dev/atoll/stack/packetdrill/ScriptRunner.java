package dev.atoll.stack.packetdrill;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.packetdrill.Script.Event;
import dev.atoll.stack.packetdrill.Script.When;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.Subnet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays one script against a stack of its own, in virtual time.
 *
 * <p>An inbound packet or system call happens at its time; for an outbound packet time goes on until the stack sends
 * one, which must be the expected one at the expected time. Packets the stack sent that no line expected fail the
 * script if another line came after them. A call that blocks is tried again whenever something happened, and must
 * return when the script says.
 */
public final class ScriptRunner {
    /** How long after its time a packet is waited for before it counts as missing. */
    private static final long GRACE_US = TimeUnit.SECONDS.toMicros(2);
    /** The same for a packet that may come at any time. */
    private static final long ANY_TIME_US = TimeUnit.HOURS.toMicros(3);

    private static final long SEED = 0x6174_6f6c_6cL;

    /** A system call that has not returned yet. */
    private record Blocked(Event event, SystemCall call, Attempt attempt, long returnsAtUs, long toleranceUs) {}

    private final Script script;
    private final ScriptConfig config;
    private final ScriptClock time = new ScriptClock();
    private final ScriptLink link;
    private final Stack stack;
    private final Nic nic;
    private final Conversations conversations;
    private final SystemCalls calls;
    private @Nullable Blocked blocked;
    private final CodeBlock code = new CodeBlock();
    private Event event;
    private long lastEventUs;

    private ScriptRunner(Script script) throws ScriptFailure, StackException {
        this.script = script;
        event = script.events().get(0);
        config = ScriptConfig.of(script.options());
        link = new ScriptLink(config.mtuBytes(), config.inboundMssBytes());
        stack = Stack.builder()
                .tcp(Preludes.tuning(script.commands()))
                .clock(time.clock())
                .rng(Rng.seeded(SEED))
                .driver(Driver.MANUAL)
                .build();
        nic = stack.createNic("eth0", link);
        nic.addAddress(config.localIp(), config.prefixLength());
        stack.routes().add(Subnet.V4_ALL, config.gatewayIp(), nic);
        conversations = new Conversations(config);
        calls = new SystemCalls(stack, config, conversations);
        for (String command : script.commands()) {
            changeRoutes(command);
        }
    }

    private void changeRoutes(String command) throws StackException {
        for (Preludes.RouteChange change : Preludes.routeChanges(command)) {
            stack.routes().replace(Subnet.containing(change.host(), 32), config.gatewayIp(), nic, change.options());
        }
    }

    /** Reads and plays a script; what the stack sends that no line expects fails it. */
    public static ScriptResult run(String name, String source) {
        return run(name, source, /* strictAtEnd= */ true);
    }

    /**
     * Reads and plays a script.
     *
     * @param strictAtEnd whether packets fail it that come after the last one it expects; packetdrill does not look
     */
    public static ScriptResult run(String name, String source, boolean strictAtEnd) {
        Script script;
        try {
            script = Parser.parse(name, source);
        } catch (ScriptException e) {
            return e.isUnsupported()
                    ? new ScriptResult.Skipped("line " + e.line() + ": " + e.getMessage())
                    : new ScriptResult.Failed(name + ":" + e.line() + ": " + e.getMessage());
        }
        ScriptRunner runner;
        try {
            runner = new ScriptRunner(script);
        } catch (ScriptFailure e) {
            return result(name, 1, e);
        } catch (StackException e) {
            return new ScriptResult.Failed(name + ": the stack cannot be set up: " + e.getMessage());
        }
        try {
            runner.play(strictAtEnd);
        } catch (ScriptFailure e) {
            return result(name, runner.event.line(), e);
        } finally {
            runner.calls.closeAll();
            runner.stack.close();
        }
        return new ScriptResult.Passed();
    }

    private static ScriptResult result(String name, int line, ScriptFailure e) {
        return e.isSkip()
                ? new ScriptResult.Skipped("line " + line + ": " + e.getMessage())
                : new ScriptResult.Failed(name + ":" + line + ": " + e.getMessage());
    }

    private void play(boolean strictAtEnd) throws ScriptFailure {
        settle();
        for (Event next : script.events()) {
            event = next;
            perform(next);
        }
        if (blocked != null) {
            awaitBlocked(blocked);
        }
        for (ScriptLink.Sent sent : link.sent()) {
            if (strictAtEnd && time.toUs(sent.timeNs()) < lastEventUs) {
                throw ScriptFailure.failed("the script is over, but the stack had sent at "
                        + seconds(time.toUs(sent.timeNs())) + " a packet that no line expects: "
                        + describe(sent.packet()));
            }
        }
    }

    private void perform(Event next) throws ScriptFailure {
        long base = next.when().isRelative() ? time.nowUs() : 0;
        long from = base + next.when().fromUs();
        long to = base + next.when().toUs();
        if (next.action() instanceof PacketSpec packet && packet.outbound()) {
            expect(packet, from, to);
        } else {
            advanceTo(from);
            if (next.action() instanceof PacketSpec packet) {
                link.inject(conversations.of(packet).toLive(packet));
            } else if (next.action() instanceof SystemCall call) {
                begin(call, base);
            } else if (next.action() instanceof Script.Command command) {
                perform(command);
            } else {
                runCode((Script.Code) next.action());
            }
            settle();
        }
        calls.observe();
        lastEventUs = time.nowUs();
    }

    private void perform(Script.Command command) throws ScriptFailure {
        if (Preludes.isStuckLink(command.text())) {
            link.refuseAll();
            // The answer to this waits in the queue before the link, which shows the stack that there is no room.
            link.inject(Ipv4Packet.of(
                    config.remoteIp(),
                    config.localIp(),
                    Ipv4Packet.ICMP,
                    new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 0, Bytes.EMPTY).encode()));
        } else if (!Preludes.routeChanges(command.text()).isEmpty()) {
            try {
                changeRoutes(command.text());
            } catch (StackException e) {
                throw ScriptFailure.failed("the route cannot be changed: " + e.getMessage());
            }
        } else if (!Preludes.isHarmless(command.text())) {
            throw Preludes.refusal(command.text());
        }
    }

    private void runCode(Script.Code block) throws ScriptFailure {
        TcpEndpoint connection = calls.connection();
        code.run(block.text(), connection == null ? Map.of() : InfoFields.of(connection.info()));
    }

    // --- time -----------------------------------------------------------------------------------------------------

    private void advanceTo(long us) throws ScriptFailure {
        long late = time.nowUs() - us;
        if (late > config.toleranceUs(us - lastEventUs)) {
            throw ScriptFailure.failed("it is " + seconds(time.nowUs()) + " already");
        }
        while (time.step(stack, link, us)) {
            retryBlocked();
        }
        retryBlocked();
    }

    private void settle() throws ScriptFailure {
        time.settle(stack, link);
        retryBlocked();
    }

    private static String seconds(long us) {
        return String.format("%d.%06d s", us / 1_000_000, us % 1_000_000);
    }

    // --- outbound packets -----------------------------------------------------------------------------------------

    private void expect(PacketSpec packet, long fromUs, long toUs) throws ScriptFailure {
        boolean anyTime = event.when().kind() == When.Kind.ANY;
        Conversation conversation = conversations.of(packet);
        long limitUs = anyTime ? time.nowUs() + ANY_TIME_US : toUs + config.toleranceUs(toUs - lastEventUs) + GRACE_US;
        ScriptLink.Sent sent = take(conversation, packet, limitUs);
        if (sent == null) {
            throw ScriptFailure.failed("the stack did not send the expected packet until " + seconds(limitUs)
                    + "\n  expected " + PacketText.of(packet));
        }
        long atUs = time.toUs(sent.timeNs());
        long stampTolerance = config.tickUs() == 0 ? Long.MAX_VALUE : config.toleranceUs(atUs) / config.tickUs();
        String differences = new Comparison(conversation, stampTolerance).differences(packet, sent.packet());
        long tolerance = config.toleranceUs(fromUs - lastEventUs);
        boolean timely = anyTime || (atUs >= fromUs - tolerance && atUs <= toUs + tolerance);
        if (differences != null) {
            throw ScriptFailure.failed(
                    "the packet sent at " + seconds(atUs) + " is not the expected one: " + differences);
        }
        if (!timely) {
            String range = fromUs == toUs ? seconds(fromUs) : seconds(fromUs) + " to " + seconds(toUs);
            throw ScriptFailure.failed("the packet was sent at " + seconds(atUs) + ", expected at " + range
                    + "\n  expected " + PacketText.of(packet));
        }
    }

    /** The next packet of the conversation; a run of segments joined to one if the script expects more than one has. */
    private ScriptLink.@Nullable Sent take(Conversation conversation, PacketSpec packet, long limitUs)
            throws ScriptFailure {
        ScriptLink.Sent first = await(conversation, limitUs);
        if (first == null) {
            return null;
        }
        conversation.learn(first.packet(), packet);
        if (config.strictSegments()
                || !(packet.body() instanceof PacketSpec.Tcp expected)
                || first.packet().protocol() != Ipv4Packet.TCP) {
            return first;
        }
        TcpSegment joined = TcpSegment.decode(first.packet());
        while (joined.payload().length() > 0 && joined.payload().length() < expected.payloadBytes()) {
            ScriptLink.Sent more = await(conversation, limitUs);
            if (more == null || more.packet().protocol() != Ipv4Packet.TCP) {
                break;
            }
            TcpSegment next = Segments.join(joined, TcpSegment.decode(more.packet()));
            if (next == null) {
                link.sent().add(0, more);
                break;
            }
            joined = next;
        }
        Ipv4Packet whole = Ipv4Packet.of(
                first.packet().source(),
                first.packet().destination(),
                Ipv4Packet.TCP,
                joined.encode(first.packet().source(), first.packet().destination()));
        return new ScriptLink.Sent(
                first.timeNs(),
                whole.withTtl(first.packet().ttl()).withTos(first.packet().tos()));
    }

    private ScriptLink.@Nullable Sent await(Conversation conversation, long limitUs) throws ScriptFailure {
        while (true) {
            Iterator<ScriptLink.Sent> sent = link.sent().iterator();
            while (sent.hasNext()) {
                ScriptLink.Sent next = sent.next();
                if (conversation.owns(next.packet())) {
                    sent.remove();
                    return next;
                }
            }
            if (!time.step(stack, link, limitUs)
                    && link.sent().stream().noneMatch(s -> conversation.owns(s.packet()))) {
                return null;
            }
            retryBlocked();
        }
    }

    private String describe(Ipv4Packet packet) {
        Conversation owner = conversations.ownerOf(packet);
        return owner == null ? packet.toString() : new Comparison(owner, 0).describe(packet);
    }

    // --- system calls ---------------------------------------------------------------------------------------------

    private void begin(SystemCall call, long baseUs) throws ScriptFailure {
        if (blocked != null) {
            awaitBlocked(blocked);
        }
        Attempt attempt = calls.prepare(call);
        Outcome outcome = attempt(attempt);
        long tolerance = config.toleranceUs(call.blocksUntilUs());
        if (call.blocks()) {
            long returnsAt = baseUs + call.blocksUntilUs();
            Blocked state = new Blocked(event, call, attempt, returnsAt, tolerance);
            if (outcome == null) {
                blocked = state;
            } else {
                returned(state, outcome);
            }
            return;
        }
        if (outcome == null && !calls.mayBlock(call)) {
            outcome = Outcome.error(call.name().equals("connect") ? "EINPROGRESS" : "EAGAIN");
        }
        if (outcome == null) {
            throw ScriptFailure.failed(call.name() + " blocks, and the script does not say until when");
        }
        judge(call, outcome);
    }

    private static @Nullable Outcome attempt(Attempt attempt) throws ScriptFailure {
        try {
            return attempt.attempt();
        } catch (StackException e) {
            return Outcome.error(e);
        }
    }

    private void retryBlocked() throws ScriptFailure {
        Blocked waiting = blocked;
        if (waiting == null) {
            return;
        }
        Outcome outcome = attempt(waiting.attempt);
        if (outcome != null) {
            blocked = null;
            returned(waiting, outcome);
            time.settle(stack, link);
        }
    }

    private void awaitBlocked(Blocked waiting) throws ScriptFailure {
        event = waiting.event;
        long limitUs = waiting.returnsAtUs + waiting.toleranceUs;
        while (blocked != null && time.step(stack, link, limitUs)) {
            retryBlocked();
        }
        retryBlocked();
        if (blocked != null) {
            throw ScriptFailure.failed(waiting.call.name() + " has not returned at " + seconds(limitUs));
        }
    }

    private void returned(Blocked call, Outcome outcome) throws ScriptFailure {
        Event now = event;
        event = call.event;
        judge(call.call, outcome);
        if (Math.abs(time.nowUs() - call.returnsAtUs) > call.toleranceUs) {
            throw ScriptFailure.failed(call.call.name() + " returned at " + seconds(time.nowUs()) + ", expected at "
                    + seconds(call.returnsAtUs));
        }
        event = now;
    }

    private static void judge(SystemCall call, Outcome outcome) throws ScriptFailure {
        if (Values.isEllipsis(call.result())) {
            return;
        }
        Outcome expected = new Outcome(Values.number(call.result()), call.errno());
        boolean sameError = List.of("EAGAIN", "EWOULDBLOCK").contains(String.valueOf(expected.errno()))
                && "EAGAIN".equals(outcome.errno());
        if (!expected.equals(outcome) && !sameError) {
            throw ScriptFailure.failed(call.name() + " returned " + outcome + ", expected " + expected);
        }
    }
}
