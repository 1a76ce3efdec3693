package dev.atoll.shim;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;

/** For adaptors, which override all that would use it: {@code java.net} wants an implementation, and none is reached. */
final class NoSocketImpl extends SocketImpl {
    static final SocketImpl INSTANCE = new NoSocketImpl();

    private NoSocketImpl() {}

    private static AssertionError unreachable() {
        return new AssertionError("an adaptor has no implementation");
    }

    @Override
    protected void create(boolean stream) {
        throw unreachable();
    }

    @Override
    protected void connect(String host, int port) {
        throw unreachable();
    }

    @Override
    protected void connect(InetAddress address, int port) {
        throw unreachable();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) {
        throw unreachable();
    }

    @Override
    protected void bind(InetAddress host, int port) {
        throw unreachable();
    }

    @Override
    protected void listen(int backlog) {
        throw unreachable();
    }

    @Override
    protected void accept(SocketImpl target) {
        throw unreachable();
    }

    @Override
    protected InputStream getInputStream() {
        throw unreachable();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw unreachable();
    }

    @Override
    protected int available() {
        throw unreachable();
    }

    @Override
    protected void close() {
        throw unreachable();
    }

    @Override
    protected void sendUrgentData(int data) {
        throw unreachable();
    }

    @Override
    public void setOption(int option, Object value) {
        throw unreachable();
    }

    @Override
    public Object getOption(int option) {
        throw unreachable();
    }
}
