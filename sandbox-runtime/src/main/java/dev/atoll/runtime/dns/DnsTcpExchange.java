package dev.atoll.runtime.dns;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;

/** One question over TCP, where messages have their length in front (RFC 1035, 4.2.2; RFC 7766). Blocks. */
final class DnsTcpExchange {
    private static final int LENGTH_BYTES = 2;
    private static final int MAX_MESSAGE_BYTES = 0xffff;

    private final Stack stack;
    private final long timeoutNs;

    DnsTcpExchange(Stack stack, long timeoutNs) {
        this.stack = stack;
        this.timeoutNs = timeoutNs;
    }

    DnsOutcome ask(FullAddress server, int id, DnsQuestion question) {
        try (TcpEndpoint endpoint = stack.newTcpEndpoint()) {
            ReadySignal signal = new ReadySignal();
            endpoint.setReadinessListener(signal);
            long deadlineNs = System.nanoTime() + timeoutNs;
            if (!connect(endpoint, server, signal, deadlineNs)) {
                return failed(server, "no connection in time");
            }
            ByteBuffer message = DnsMessages.encode(id, question);
            ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + message.remaining());
            framed.putShort((short) message.remaining()).put(message).flip();
            while (framed.hasRemaining()) {
                if (endpoint.write(framed) == Endpoint.WOULD_BLOCK && !signal.await(deadlineNs)) {
                    return failed(server, "no answer in time over TCP");
                }
            }
            return readAnswer(endpoint, server, id, question, signal, deadlineNs);
        } catch (StackException e) {
            return failed(server, e.getMessage() == null ? e.error().text() : e.getMessage());
        }
    }

    private static boolean connect(TcpEndpoint endpoint, FullAddress server, ReadySignal signal, long deadlineNs)
            throws StackException {
        if (endpoint.connect(server)) {
            return true;
        }
        while ((endpoint.readiness() & (Readiness.OUT | Readiness.ERR | Readiness.HUP)) == 0) {
            if (!signal.await(deadlineNs)) {
                return false;
            }
        }
        StackException error = endpoint.takeError();
        if (error != null) {
            throw error;
        }
        return true;
    }

    private static DnsOutcome readAnswer(
            TcpEndpoint endpoint, FullAddress server, int id, DnsQuestion question, ReadySignal signal, long deadlineNs)
            throws StackException {
        ByteBuffer in = ByteBuffer.allocate(LENGTH_BYTES + MAX_MESSAGE_BYTES);
        in.limit(LENGTH_BYTES);
        while (in.hasRemaining()) {
            int count = endpoint.read(in);
            if (count == Endpoint.END_OF_STREAM) {
                return failed(server, "closed the connection without an answer");
            }
            if (count == Endpoint.WOULD_BLOCK && !signal.await(deadlineNs)) {
                return failed(server, "no answer in time over TCP");
            }
            if (!in.hasRemaining() && in.limit() == LENGTH_BYTES) {
                in.limit(LENGTH_BYTES + (in.getShort(0) & 0xffff));
            }
        }
        DnsResponse response = DnsMessages.decode(in.flip().position(LENGTH_BYTES));
        // TC over TCP would mean an answer that can never be had whole.
        if (response == null || !response.answers(id, question) || response.truncated()) {
            return failed(server, "answered something else over TCP");
        }
        return new DnsOutcome.Answered(response);
    }

    /** There is an answer, as the server said over UDP, and it cannot be had: as if nothing had been heard. */
    private static DnsOutcome failed(FullAddress server, String why) {
        return new DnsOutcome.Failed(server + ": " + why, false);
    }
}
