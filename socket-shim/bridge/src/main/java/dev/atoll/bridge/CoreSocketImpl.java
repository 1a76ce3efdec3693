package dev.atoll.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SocketImpl} that leaves everything to a {@link SocketCore}.
 *
 * <p>As it stands it is what a {@code SocketImplFactory} gives; under the edited JDK it is a {@link PlatformCoreSocketImpl}.
 * It holds no state of its own but the core, and keeps the fields of {@code SocketImpl} equal to what the core says, for
 * subclasses of {@code Socket} and for the JDK's own wrappers that read them.
 */
public class CoreSocketImpl extends SocketImpl {
    private volatile SocketCore core;

    public CoreSocketImpl(SocketCore core) {
        this.core = core;
    }

    @Override
    protected void create(boolean stream) throws IOException {
        core.create(stream);
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        try {
            core.connect(remote, timeoutMillis);
        } finally {
            copyFields();
        }
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        core.bind(host, port);
        copyFields();
    }

    @Override
    protected void listen(int backlog) throws IOException {
        core.listen(backlog);
    }

    @Override
    protected void accept(SocketImpl target) throws IOException {
        if (!(target instanceof CoreSocketImpl accepted)) {
            throw new SocketException("Not a newly created SocketImpl");
        }
        accepted.core = core.accept();
        accepted.copyFields();
    }

    private void copyFields() {
        SocketCore from = core;
        address = from.address();
        port = from.port();
        localport = from.localPort();
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        return core.inputStream();
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return core.outputStream();
    }

    @Override
    protected int available() throws IOException {
        return core.available();
    }

    @Override
    protected void close() throws IOException {
        core.close();
    }

    @Override
    protected void shutdownInput() throws IOException {
        core.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        core.shutdownOutput();
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        core.sendUrgentData(data);
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return core.supportedOptions();
    }

    @Override
    protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
        core.setOption(option, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> option) throws IOException {
        return core.getOption(option);
    }

    @Override
    public void setOption(int option, @Nullable Object value) throws SocketException {
        if (value == null) {
            throw new SocketException("Bad value for option " + option);
        }
        core.setOption(option, value);
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return core.getOption(option);
    }
}
