package dev.atoll.launcher.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The little of HTTP/1.1 (RFC 9112) that both servers of the demo need: one answer to whatever is asked, then close. */
final class WebPage {
    /** Where the servers listen: the policy lets the program reach the first only. */
    static final int ALLOWED_PORT = 80;

    static final int REFUSED_PORT = 8080;

    /** A request's head that is longer is not answered, bytes. */
    static final int MAX_REQUEST_BYTES = 8 * 1024;

    private static final int END_OF_HEAD = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private WebPage() {}

    /** The whole answer. */
    static byte[] answer(String text) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(start.length + body.length)
                .put(start)
                .put(body)
                .array();
    }

    /** Whether what was read so far, from 0 to the position, ends with the empty line that ends a request's head. */
    static boolean isWhole(ByteBuffer request) {
        int length = request.position();
        return length >= Integer.BYTES && request.getInt(length - Integer.BYTES) == END_OF_HEAD;
    }
}
