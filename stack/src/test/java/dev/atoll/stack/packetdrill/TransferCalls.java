package dev.atoll.stack.packetdrill;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** System calls that move data: the read and the write family, and the ioctls that count it. */
final class TransferCalls {
    /** Where a call has its flags. */
    private static final Map<String, Integer> FLAGS_ARGUMENT =
            Map.of("send", 3, "sendto", 3, "sendmsg", 2, "recv", 3, "recvfrom", 3, "recvmsg", 2);

    private static final long FLAGS_BUILT = Constants.MSG_DONTWAIT
            | Constants.MSG_NOSIGNAL
            | Constants.MSG_OOB
            | Constants.MSG_MORE
            | Constants.MSG_EOR;
    private static final long FIONREAD = 0x541b;
    private static final long SIOCOUTQ = 0x5411;

    TransferCalls() {}

    Attempt prepare(String name, Socket socket, List<Expression> arguments, @Nullable FullAddress remote)
            throws ScriptFailure {
        checkFlags(name, arguments);
        switch (name) {
            case "read", "recv", "recvfrom":
                int room = (int) Values.number(arguments.get(2));
                return () -> read(socket, room);
            case "recvmsg":
                return receiveMessage(socket, arguments.get(1));
            case "readv":
                int vectorRoom = Values.vectorLength(arguments.get(1));
                return () -> read(socket, vectorRoom);
            case "write", "send", "sendto":
                int length = (int) Values.number(arguments.get(2));
                return write(name, socket, arguments, length, remote);
            case "writev", "sendmsg":
                return write(name, socket, arguments, Values.vectorLength(arguments.get(1)), remote);
            case "ioctl":
                return () -> ioctl(socket, arguments);
            default:
                throw ScriptFailure.skip("system call " + name);
        }
    }

    /** Whether a call has one of these flags. */
    static boolean flags(String name, List<Expression> arguments, long flags) throws ScriptFailure {
        Integer at = FLAGS_ARGUMENT.get(name);
        return at != null && at < arguments.size() && (Values.number(arguments.get(at)) & flags) != 0;
    }

    private static void checkFlags(String name, List<Expression> arguments) throws ScriptFailure {
        if (flags(name, arguments, ~FLAGS_BUILT)) {
            throw ScriptFailure.skip(
                    "a flag of " + name + " other than MSG_DONTWAIT, MSG_EOR, MSG_MORE, MSG_NOSIGNAL and MSG_OOB");
        }
        boolean receives = name.startsWith("recv");
        if (receives && flags(name, arguments, Constants.MSG_OOB)) {
            throw ScriptFailure.skip("MSG_OOB of " + name);
        }
    }

    private static @Nullable Outcome read(Socket socket, int room) throws StackException, ScriptFailure {
        ByteBuffer target = ByteBuffer.allocate(room);
        if (socket.isDatagram()) {
            if (socket.udp().receive(target) == null) {
                return null;
            }
            verify(target, 0);
            return Outcome.of(target.position());
        }
        int count = socket.tcp().read(target);
        if (count == Endpoint.WOULD_BLOCK) {
            return null;
        }
        if (count == Endpoint.END_OF_STREAM) {
            return Outcome.DONE;
        }
        if (count != target.position()) {
            throw ScriptFailure.failed("read gave " + count + " and moved " + target.position() + " bytes");
        }
        verify(target, socket.readOffset);
        socket.readOffset += count;
        return Outcome.of(count);
    }

    /** With TCP_INQ the message says how much is left, or 1 if that is only the end of the stream. */
    private static Attempt receiveMessage(Socket socket, Expression message) throws ScriptFailure {
        Expression control = message instanceof Expression.Struct struct ? struct.member("msg_control") : null;
        if (control == null) {
            int room = Values.vectorLength(message);
            return () -> read(socket, room);
        }
        long expected = bytesLeft(control);
        int room = Values.vectorLength(((Expression.Struct) message).member("msg_iov"));
        return () -> {
            Outcome outcome = read(socket, room);
            if (outcome == null) {
                return null;
            }
            int available = socket.tcp().available();
            boolean ended = (socket.endpoint().readiness() & Readiness.RDHUP) != 0;
            long left = available == 0 && ended ? 1 : available;
            if (left != expected) {
                throw ScriptFailure.failed("TCP_CM_INQ is " + left + ", expected " + expected);
            }
            return outcome;
        };
    }

    private static long bytesLeft(Expression control) throws ScriptFailure {
        if (control instanceof Expression.Listing list
                && list.items().size() == 1
                && list.items().get(0) instanceof Expression.Struct one
                && one.member("cmsg_type") instanceof Expression.Word type
                && type.name().equals("TCP_CM_INQ")) {
            Expression data = one.member("cmsg_data");
            return data == null ? 0 : Values.number(data);
        }
        throw ScriptFailure.skip("control messages other than TCP_CM_INQ");
    }

    /** What was read must be what the script's packets carried, each byte in its place. */
    private static void verify(ByteBuffer read, int streamOffset) throws ScriptFailure {
        for (int i = 0; i < read.position(); i++) {
            if (read.get(i) != Pattern.at(streamOffset + i)) {
                throw ScriptFailure.failed("byte " + (streamOffset + i) + " of the stream was read as " + read.get(i)
                        + ", sent as " + Pattern.at(streamOffset + i));
            }
        }
    }

    private static Attempt write(
            String name, Socket socket, List<Expression> arguments, int length, @Nullable FullAddress remote)
            throws ScriptFailure {
        byte[] explicit = arguments.get(1) instanceof Expression.Text text
                ? text.value().getBytes(StandardCharsets.ISO_8859_1)
                : null;
        if (socket.isDatagram()) {
            return () -> {
                byte[] payload = explicit != null ? explicit : Pattern.array(0, length);
                int sent = socket.udp().send(ByteBuffer.wrap(payload, 0, length), remote);
                return sent == Endpoint.WOULD_BLOCK ? null : Outcome.of(sent);
            };
        }
        boolean urgent = flags(name, arguments, Constants.MSG_OOB);
        boolean all = !socket.nonBlocking && !flags(name, arguments, Constants.MSG_DONTWAIT);
        boolean more = flags(name, arguments, Constants.MSG_MORE);
        boolean record = flags(name, arguments, Constants.MSG_EOR);
        return new StreamWrite(socket, explicit, length, urgent, all, more, record);
    }

    private static Outcome ioctl(Socket socket, List<Expression> arguments) throws ScriptFailure {
        long request = Values.number(arguments.get(1));
        int expected = (int) Values.number(arguments.get(2));
        int actual;
        if (request == FIONREAD) {
            actual = socket.isDatagram()
                    ? Math.max(0, socket.udp().nextLength())
                    : socket.tcp().available();
        } else if (request == SIOCOUTQ) {
            actual = socket.tcp().unacknowledgedBytes();
        } else {
            throw ScriptFailure.skip("ioctl " + request);
        }
        if (actual != expected) {
            throw ScriptFailure.failed("ioctl counts " + actual + " bytes, expected " + expected);
        }
        return Outcome.DONE;
    }

    /** A write to a stream, which may take several attempts if it is to take everything. */
    private static final class StreamWrite implements Attempt {
        private final Socket socket;
        private final byte @Nullable [] explicit;
        private final int length;
        private final boolean urgent;
        private final boolean all;
        private final boolean more;
        private final boolean record;
        private byte @Nullable [] content;
        private int taken;

        StreamWrite(
                Socket socket,
                byte @Nullable [] explicit,
                int length,
                boolean urgent,
                boolean all,
                boolean more,
                boolean record) {
            this.more = more;
            this.record = record;
            this.socket = socket;
            this.explicit = explicit;
            this.length = length;
            this.urgent = urgent;
            this.all = all;
        }

        @Override
        public @Nullable Outcome attempt() throws StackException, ScriptFailure {
            byte[] bytes = content;
            if (bytes == null) {
                bytes = socket.nextToWrite(explicit, length);
                content = bytes;
            }
            if (urgent) {
                return sendUrgent(bytes);
            }
            if (taken > 0 && (socket.endpoint().readiness() & Readiness.OUT) == 0) {
                return null; // A writer that waits is woken when the socket is writable, not for any room.
            }
            ByteBuffer source = ByteBuffer.wrap(bytes, taken, length - taken);
            int count = more
                    ? socket.tcp().writeMore(source)
                    : record ? socket.tcp().writeRecord(source) : socket.tcp().write(source);
            if (count == Endpoint.WOULD_BLOCK) {
                return null;
            }
            if (source.position() - taken != count) {
                throw ScriptFailure.failed(
                        "write gave " + count + " and took " + (source.position() - taken) + " bytes");
            }
            socket.wrote(bytes, taken, count);
            taken += count;
            return all && taken < length ? null : Outcome.of(taken);
        }

        private @Nullable Outcome sendUrgent(byte[] bytes) throws StackException, ScriptFailure {
            if (bytes.length != 1) {
                throw ScriptFailure.skip("MSG_OOB with other than one byte");
            }
            if (!socket.tcp().sendUrgent(bytes[0])) {
                return null;
            }
            socket.wrote(bytes, 0, 1);
            return Outcome.of(1);
        }
    }
}
