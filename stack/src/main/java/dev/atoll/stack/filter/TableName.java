package dev.atoll.stack.filter;

import java.util.List;

/**
 * The tables of iptables, in the order in which Linux asks them at a hook they share (netfilter's priorities: raw -300,
 * connection tracking -200, mangle -150, nat, filter 0).
 */
public enum TableName {
    RAW("raw", Hook.PREROUTING, Hook.OUTPUT),
    MANGLE("mangle", Hook.PREROUTING, Hook.INPUT, Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING),
    NAT("nat", Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING),
    FILTER("filter", Hook.INPUT, Hook.FORWARD, Hook.OUTPUT);

    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes an immutable list, which the type does not say
    private final List<Hook> hooks;

    TableName(String text, Hook... hooks) {
        this.text = text;
        this.hooks = List.of(hooks);
    }

    /** The word after {@code *} in a policy file. */
    public String text() {
        return text;
    }

    /** Hooks at which the table has a built-in chain of that name, in the order iptables-save prints them. */
    public List<Hook> hooks() {
        return hooks;
    }
}
