package dev.atoll.stack.packetdrill;

import dev.atoll.stack.Stack;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The system calls of scripts that are about descriptors, over the stack's endpoints. */
final class SystemCalls {
    private static final int FIRST_FD = 3;

    private final Stack stack;
    private final ScriptConfig config;
    private final Conversations conversations;
    private final TreeMap<Integer, Socket> descriptors = new TreeMap<>();
    private final EpollCalls epolls = new EpollCalls(this);
    private @Nullable TcpEndpoint connection;
    private final TransferCalls transfers = new TransferCalls();

    SystemCalls(Stack stack, ScriptConfig config, Conversations conversations) {
        this.stack = stack;
        this.config = config;
        this.conversations = conversations;
    }

    /** Prepares a call; nothing has happened before the first attempt. */
    Attempt prepare(SystemCall call) throws ScriptFailure {
        List<Expression> arguments = call.arguments();
        if (call.name().equals("socket")) {
            return () -> socket(arguments, call.result());
        }
        if (call.name().equals("poll")) {
            return new PollCall(this, arguments);
        }
        switch (call.name()) {
            case "epoll_create", "epoll_create1":
                return epolls.create(call.result());
            case "epoll_ctl":
                return epolls.control(arguments);
            case "epoll_wait":
                return epolls.await(arguments);
            default:
                break;
        }
        if (arguments.isEmpty()) {
            throw ScriptFailure.skip("system call " + call.name());
        }
        int fd = (int) Values.number(arguments.get(0));
        Socket socket = descriptors.get(fd);
        if (socket == null) {
            return () -> Outcome.error("EBADF");
        }
        return switch (call.name()) {
            case "bind" -> () -> bind(socket, arguments.get(1));
            case "listen" -> () -> listen(socket, (int) Values.number(arguments.get(1)));
            case "accept", "accept4" -> () -> accept(socket, call.result());
            case "connect" -> connect(socket, arguments.get(1));
            case "close" -> () -> close(fd, socket);
            case "shutdown" -> () -> shutdown(socket, (int) Values.number(arguments.get(1)));
            case "fcntl" -> () -> fcntl(socket, arguments);
            case "setsockopt" -> () -> SocketOptions.set(socket, arguments);
            case "getsockopt" -> () -> SocketOptions.get(socket, arguments);
            case "sendto" -> {
                if (socket.isDatagram()) {
                    expectDatagram(socket, arguments.size() > 4 ? arguments.get(4) : new Expression.Ellipsis());
                }
                yield transfers.prepare(call.name(), socket, arguments, remote(socket, arguments));
            }
            default -> transfers.prepare(call.name(), socket, arguments, null);
        };
    }

    /** Whether a call on this descriptor waits instead of failing with EAGAIN. */
    boolean mayBlock(SystemCall call) throws ScriptFailure {
        if (call.name().equals("poll") || call.name().startsWith("epoll")) {
            return true;
        }
        Socket socket = call.arguments().isEmpty() ? null : at(call.arguments().get(0));
        if (socket == null) {
            return true;
        }
        boolean dontWait = TransferCalls.flags(call.name(), call.arguments(), Constants.MSG_DONTWAIT);
        return !socket.nonBlocking && !dontWait;
    }

    @Nullable Socket at(Expression fd) throws ScriptFailure {
        return descriptors.get((int) Values.number(fd));
    }

    /** Something happened: what it changes is noted, as an edge may be over before anyone waits for it. */
    void observe() throws ScriptFailure {
        epolls.observe();
    }

    /** The connection that assertions are about: the one opened or accepted last, also after it was closed. */
    @Nullable TcpEndpoint connection() {
        return connection;
    }

    void closeAll() {
        for (Socket socket : descriptors.values()) {
            socket.endpoint().close();
        }
        descriptors.clear();
    }

    private Outcome socket(List<Expression> arguments, Expression wanted) throws ScriptFailure {
        if (arguments.get(0) instanceof Expression.Word family && !family.name().equals("AF_INET")) {
            throw ScriptFailure.skip("sockets of family " + family.name());
        }
        long type = Values.number(arguments.get(1));
        Socket socket;
        if ((type & 0xf) == 1) {
            socket = new Socket(stack.newTcpEndpoint());
        } else if ((type & 0xf) == 2) {
            socket = new Socket(stack.newUdpEndpoint());
        } else {
            throw ScriptFailure.skip("sockets of type " + type);
        }
        socket.nonBlocking = (type & Constants.O_NONBLOCK) != 0;
        return Outcome.of(install(socket, wanted));
    }

    /** Descriptors are whatever number the script gives them, as in packetdrill. */
    private int install(Socket socket, Expression wanted) throws ScriptFailure {
        int fd = Values.isEllipsis(wanted) ? FIRST_FD : (int) Values.number(wanted);
        if (fd < 0) {
            fd = FIRST_FD; // The script expects a failure, and will see that there is none.
        }
        if (descriptors.putIfAbsent(fd, socket) != null) {
            throw ScriptFailure.failed("descriptor " + fd + " is open already");
        }
        return fd;
    }

    private Outcome bind(Socket socket, Expression where) throws StackException, ScriptFailure {
        FullAddress address = Values.address(where);
        socket.endpoint().bind(address != null ? address : new FullAddress(config.localIp(), config.bindPort()));
        return Outcome.DONE;
    }

    private Outcome listen(Socket socket, int backlog) throws StackException, ScriptFailure {
        socket.listen(stack, backlog);
        FullAddress local = socket.endpoint().localAddress();
        conversations.listening(local == null ? config.bindPort() : local.port());
        return Outcome.DONE;
    }

    private @Nullable Outcome accept(Socket socket, Expression wanted) throws StackException, ScriptFailure {
        TcpEndpoint accepted = socket.listener().accept();
        if (accepted == null) {
            return null;
        }
        Socket child = new Socket(accepted);
        connection = accepted;
        conversations.accepted(accepted.remoteAddress(), child);
        return Outcome.of(install(child, wanted));
    }

    private Attempt connect(Socket socket, Expression where) throws ScriptFailure {
        FullAddress given = Values.address(where);
        FullAddress remote = given != null ? given : new FullAddress(config.remoteIp(), config.connectPort());
        if (socket.isDatagram()) {
            return () -> {
                socket.udp().connect(remote);
                conversations.begin(Ipv4Packet.UDP, localPort(socket), remote, socket);
                return Outcome.DONE;
            };
        }
        connection = socket.tcp();
        boolean[] begun = new boolean[1];
        return () -> {
            if (!begun[0]) {
                begun[0] = true;
                if (!socket.connecting) {
                    conversations.begin(Ipv4Packet.TCP, localPort(socket), remote, socket);
                }
                if (socket.tcp().connect(remote)) {
                    return Outcome.DONE;
                }
                socket.connecting = true;
            }
            return connectOutcome(socket);
        };
    }

    private static @Nullable Outcome connectOutcome(Socket socket) throws ScriptFailure {
        switch (socket.tcp().state()) {
            case SYN_SENT, SYN_RECEIVED:
                return null;
            case CLOSED, LISTEN, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT:
                StackException error = socket.endpoint().takeError();
                return error == null ? Outcome.DONE : Outcome.error(error);
        }
        throw new AssertionError(socket.tcp().state());
    }

    private Outcome close(int fd, Socket socket) {
        descriptors.remove(fd);
        socket.endpoint().close();
        return Outcome.DONE;
    }

    private static Outcome shutdown(Socket socket, int how) throws StackException, ScriptFailure {
        if (how == 0 || how == 2) {
            socket.tcp().shutdownRead();
        }
        if (how == 1 || how == 2) {
            socket.tcp().shutdownWrite();
        }
        return Outcome.DONE;
    }

    private static Outcome fcntl(Socket socket, List<Expression> arguments) throws ScriptFailure {
        long command = Values.number(arguments.get(1));
        if (command == 3) {
            return Outcome.of(2 | (socket.nonBlocking ? Constants.O_NONBLOCK : 0));
        }
        if (command == 4) {
            socket.nonBlocking = (Values.number(arguments.get(2)) & Constants.O_NONBLOCK) != 0;
            return Outcome.DONE;
        }
        throw ScriptFailure.skip("fcntl command " + command);
    }

    private void expectDatagram(Socket socket, Expression where) throws ScriptFailure {
        FullAddress given = Values.address(where);
        if (given != null || socket.endpoint().remoteAddress() == null) {
            FullAddress remote = given != null ? given : new FullAddress(config.remoteIp(), config.connectPort());
            conversations.begin(Ipv4Packet.UDP, localPort(socket), remote, socket);
        }
    }

    private @Nullable FullAddress remote(Socket socket, List<Expression> arguments) throws ScriptFailure {
        if (!socket.isDatagram()) {
            return null;
        }
        FullAddress given = arguments.size() > 4 ? Values.address(arguments.get(4)) : null;
        if (given == null && socket.endpoint().remoteAddress() == null) {
            return new FullAddress(config.remoteIp(), config.connectPort());
        }
        return given;
    }

    private static int localPort(Socket socket) {
        FullAddress local = socket.endpoint().localAddress();
        return local == null ? 0 : local.port();
    }
}
