/** Atoll's TCP/IP stack: a library of its own, with no dependency but {@code java.base}. */
module dev.atoll.stack {
    requires static transitive org.jspecify;

    exports dev.atoll.stack;
    exports dev.atoll.stack.archive;
    exports dev.atoll.stack.buffer;
    exports dev.atoll.stack.congestion;
    exports dev.atoll.stack.env;
    exports dev.atoll.stack.filter;
    exports dev.atoll.stack.link;
    exports dev.atoll.stack.options;
    exports dev.atoll.stack.protocol;
    exports dev.atoll.stack.socket;
    exports dev.atoll.stack.wire;
}
