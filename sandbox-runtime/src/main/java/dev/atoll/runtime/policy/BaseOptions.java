package dev.atoll.runtime.policy;

import java.util.List;
import java.util.Map;

/** The options of iptables itself: commands, and what every rule can have. */
final class BaseOptions {
    /**
     * How an option takes what follows it.
     *
     * @param letter its short form; also its key
     * @param name its long form
     * @param arguments words it must have
     * @param more words it may have besides, if they are neither options nor {@code !}
     */
    record Base(char letter, String name, int arguments, int more) {}

    /** Commands that change a table. */
    static final String COMMANDS = "ADIRFZNXEP";

    /** Commands that only look; they have no meaning in a file. */
    static final String LOOKING = "CLSVh";

    /** In the order of iptables' own list, where a letter's first name is the one messages use. */
    static final List<Base> ALL = List.of(
            new Base('A', "append", 1, 0),
            new Base('D', "delete", 1, 1),
            new Base('C', "check", 1, 0),
            new Base('I', "insert", 1, 1),
            new Base('R', "replace", 2, 0),
            new Base('L', "list", 0, 2),
            new Base('S', "list-rules", 0, 2),
            new Base('F', "flush", 0, 1),
            new Base('Z', "zero", 0, 2),
            new Base('N', "new-chain", 1, 0),
            new Base('X', "delete-chain", 0, 1),
            new Base('E', "rename-chain", 2, 0),
            new Base('P', "policy", 2, 0),
            new Base('s', "source", 1, 0),
            new Base('d', "destination", 1, 0),
            new Base('s', "src", 1, 0),
            new Base('d', "dst", 1, 0),
            new Base('p', "protocol", 1, 0),
            new Base('i', "in-interface", 1, 0),
            new Base('o', "out-interface", 1, 0),
            new Base('j', "jump", 1, 0),
            new Base('g', "goto", 1, 0),
            new Base('m', "match", 1, 0),
            new Base('t', "table", 1, 0),
            new Base('c', "set-counters", 2, 0),
            new Base('f', "fragments", 0, 0),
            new Base('4', "ipv4", 0, 0),
            new Base('6', "ipv6", 0, 0),
            new Base('v', "verbose", 0, 0),
            new Base('n', "numeric", 0, 0),
            new Base('x', "exact", 0, 0),
            new Base('0', "line-numbers", 0, 0),
            new Base('w', "wait", 0, 1),
            new Base('W', "wait-interval", 1, 0),
            new Base('M', "modprobe", 1, 0),
            new Base('V', "version", 0, 0),
            new Base('h', "help", 0, 0));

    /** Of those that are {@link #REFUSED} in a file of iptables-save, the ones that a command line may have. */
    static final String OF_SCRIPTS = "twW";

    /** Why an option that exists is refused in a policy file; the value follows the option's own spelling. */
    static final Map<Character, String> REFUSED = Map.of(
            't', "cannot be used in a policy file: a line *TABLE begins a table",
            'n', "only changes what a listing prints, so it has no place here",
            'x', "only changes what a listing prints, so it has no place here",
            '0', "only changes what a listing prints, so it has no place here",
            'w', "has no meaning here: nobody else changes these tables",
            'W', "has no meaning here: nobody else changes these tables",
            'M', "has no meaning here: there are no kernel modules to load");

    private BaseOptions() {}
}
