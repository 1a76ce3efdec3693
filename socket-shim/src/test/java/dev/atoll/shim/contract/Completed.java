package dev.atoll.shim.contract;

import java.nio.channels.CompletionHandler;

/** A completion handler for a test in which nothing may fail: what does is printed, and the test then misses its success. */
abstract class Completed<V> implements CompletionHandler<V, Object> {
    @Override
    public void failed(Throwable cause, Object attachment) {
        cause.printStackTrace();
    }
}
