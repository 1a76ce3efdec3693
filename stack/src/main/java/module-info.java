/** Atoll's TCP/IP stack: a library of its own, with no dependency but {@code java.base}. */
module dev.atoll.stack {
    requires static transitive org.jspecify;

    exports dev.atoll.stack.env;
}
