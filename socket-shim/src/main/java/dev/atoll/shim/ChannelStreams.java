package dev.atoll.shim;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The streams of a channel's adaptor. They hold none of the channel's public locks while they wait, so both directions can
 * be used at once, which {@code Channels.newInputStream} and its kin do not promise for channels that are not the JDK's.
 */
final class ChannelStreams {
    private ChannelStreams() {}

    /** Reads from a blocking channel; a timeout in milliseconds, 0 for none, is asked for at every read. */
    static final class Input extends InputStream {
        private final AtollSocketChannel channel;
        private final IntSupplier timeoutMillis;

        Input(AtollSocketChannel channel, IntSupplier timeoutMillis) {
            this.channel = channel;
            this.timeoutMillis = timeoutMillis;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis.getAsInt());
            return channel.blockingRead(ByteBuffer.wrap(bytes, offset, length), timeoutNanos);
        }

        @Override
        public int available() throws IOException {
            return channel.available();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Writes to a blocking channel. */
    static final class Output extends OutputStream {
        private final AtollSocketChannel channel;

        Output(AtollSocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length > 0) {
                channel.blockingWrite(ByteBuffer.wrap(bytes, offset, length));
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
