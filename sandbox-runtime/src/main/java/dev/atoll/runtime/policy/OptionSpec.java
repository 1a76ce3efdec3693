package dev.atoll.runtime.policy;

/**
 * A long option and how it is written.
 *
 * @param name without the two dashes
 * @param key the same for spellings of one option, as {@code sport} and {@code source-port}
 * @param arguments words that follow it
 * @param negatable whether {@code !} may stand before it
 * @param built whether Atoll has it; otherwise it is refused by name
 */
record OptionSpec(String name, String key, int arguments, boolean negatable, boolean built) {
    static OptionSpec of(String name, int arguments, boolean negatable) {
        return new OptionSpec(name, name, arguments, negatable, true);
    }

    static OptionSpec alias(String name, String key, int arguments, boolean negatable) {
        return new OptionSpec(name, key, arguments, negatable, true);
    }

    static OptionSpec unbuilt(String name) {
        return new OptionSpec(name, name, 0, true, false);
    }
}
