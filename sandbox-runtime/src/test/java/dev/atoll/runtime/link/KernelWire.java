package dev.atoll.runtime.link;

import dev.atoll.runtime.host.HostNamespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A link on a device of a namespace, and the kernel's end of it, which the test uses by a packet socket. */
abstract class KernelWire implements LinkContractTest.Wire {
    final HostNamespace namespace;
    private final PolledLink link;
    private final HostDescriptor peer;
    private final ByteBuffer in = ByteBuffer.allocate(70_000);

    KernelWire(HostNamespace namespace, PolledLink link, HostDescriptor peer) {
        this.namespace = namespace;
        this.link = link;
        this.peer = peer;
    }

    @Override
    public PolledLink link() {
        return link;
    }

    @Override
    public boolean send(byte[] frame) throws IOException {
        return peer.write(ByteBuffer.wrap(frame)) == frame.length;
    }

    @Override
    public byte @Nullable [] receive() throws IOException {
        int count = peer.read(in.clear());
        return count <= 0 ? null : Arrays.copyOf(in.array(), count);
    }

    @Override
    public void close() throws Exception {
        peer.close();
        namespace.close();
    }
}
