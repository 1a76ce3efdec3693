package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one text of {@code create} and {@code add} lines. */
final class IpSetReader {
    /** What ipset calls the types that there are here, other than their own names. */
    private static final Map<String, IpSet.Kind> OLD_NAMES = Map.of(
            "iphash", IpSet.Kind.HASH_IP,
            "nethash", IpSet.Kind.HASH_NET,
            "ipporthash", IpSet.Kind.HASH_IP_PORT,
            "setlist", IpSet.Kind.LIST);

    private static final Set<String> UNBUILT_TYPES = Set.of(
            "bitmap:ip",
            "bitmap:ip,mac",
            "bitmap:port",
            "hash:mac",
            "hash:ip,mac",
            "hash:ip,mark",
            "hash:ip,port,ip",
            "hash:ip,port,net",
            "hash:net,net",
            "hash:net,port",
            "hash:net,port,net",
            "hash:net,iface");

    private static final Set<String> UNBUILT_COMMANDS = Set.of(
            "del", "-D", "d", "flush", "-F", "f", "destroy", "-X", "x", "swap", "-W", "w", "rename", "-E", "e", "test",
            "-T", "t", "list", "-L", "save", "-S");

    /** Options of {@code create} that say how much memory a kernel takes, with a number. */
    private static final Set<String> SIZES = Set.of("hashsize", "bucketsize", "initval", "size");

    private static final List<String> CREATE_OPTIONS = List.of(
            "family",
            "maxelem",
            "netmask",
            "timeout",
            "counters",
            "comment",
            "forceadd",
            "hashsize",
            "bucketsize",
            "initval",
            "size");

    private final PolicyText text;
    private final Map<String, IpSetDraft> drafts;
    private final Problems problems;

    /**
     * A reader of one text.
     *
     * @param drafts sets created so far; those of this text are added
     */
    IpSetReader(PolicyText text, Map<String, IpSetDraft> drafts) {
        this.text = text;
        this.drafts = drafts;
        problems = new Problems(text.source());
    }

    /** Reads all of it and says what was wrong. */
    List<PolicyError> read() {
        String all = text.text();
        int number = 0;
        int from = 0;
        if (all.length() > IpSetParser.MAX_TEXT) {
            Line first = new Line(text.source(), 1, "", Family.IPV4, problems);
            first.error(first.whole(), "the file is larger than " + IpSetParser.MAX_TEXT + " characters");
            return problems.sorted();
        }
        while (from < all.length() && !problems.isFull()) {
            int end = all.indexOf('\n', from);
            int to = end < 0 ? all.length() : end;
            number++;
            line(new Line(text.source(), number, all.substring(from, to), Family.IPV4, problems));
            from = to + 1;
        }
        return problems.sorted();
    }

    private void line(Line line) {
        if (line.text().isEmpty() || line.text().startsWith("#")) {
            return;
        }
        List<Word> words = Words.split(line, 0);
        if (line.isBad() || words.isEmpty()) {
            return;
        }
        Word command = words.get(0);
        switch (command.text()) {
            case "add", "-A", "a", "--add" -> add(words, line);
            case "create", "-N", "n", "--create" -> create(words, line);
            case "COMMIT" -> {}
            default ->
                line.error(
                        command,
                        UNBUILT_COMMANDS.contains(command.text())
                                ? "\"" + command.text() + "\" is not supported: a file has the sets as they are to be"
                                : "unknown command \"" + command.text() + "\", expected create or add",
                        Suggestion.closest(command.text(), List.of("create", "add")));
        }
    }

    private void create(List<Word> words, Line line) {
        if (words.size() < 3) {
            line.error(line.end(), "expected create NAME TYPE");
            return;
        }
        Word name = words.get(1);
        if (name.text().isEmpty() || name.text().length() > IpSet.MAX_NAME_LENGTH) {
            line.error(name, "a set's name has 1 to " + IpSet.MAX_NAME_LENGTH + " characters");
        } else if (drafts.containsKey(name.text())) {
            line.error(name, "there is a set \"" + name.text() + "\" already");
        }
        IpSet.Kind kind = kind(words.get(2), line);
        if (kind == null) {
            return;
        }
        IpSetDraft.Options options = new IpSetDraft.Options();
        for (int i = 3; i < words.size(); i++) {
            i = createOption(words, i, kind, options, line);
        }
        int bits = options.family == Family.IPV4 ? 32 : 128;
        if (options.netmask > bits) {
            line.error(line.whole(), "a netmask of " + options.family + " has at most " + bits + " bits");
        }
        if (!line.isBad()) {
            drafts.put(name.text(), new IpSetDraft(name.text(), kind, options));
        }
    }

    private static IpSet.@Nullable Kind kind(Word word, Line line) {
        List<String> names = new ArrayList<>();
        for (IpSet.Kind kind : IpSet.Kind.values()) {
            if (kind.text().equals(word.text())) {
                return kind;
            }
            names.add(kind.text());
        }
        IpSet.Kind old = OLD_NAMES.get(word.text());
        if (old == null) {
            line.error(
                    word,
                    UNBUILT_TYPES.contains(word.text())
                            ? "sets of type " + word.text() + " are not supported"
                            : "unknown type of set \"" + word.text() + "\", expected " + String.join(" or ", names),
                    UNBUILT_TYPES.contains(word.text()) ? null : Suggestion.closest(word.text(), names));
        }
        return old;
    }

    /** Reads an option of a set and gives the place of its last word. */
    private static int createOption(List<Word> words, int at, IpSet.Kind kind, IpSetDraft.Options options, Line line) {
        Word option = words.get(at);
        boolean list = kind == IpSet.Kind.LIST;
        switch (option.text()) {
            case "counters", "comment":
                return at;
            case "forceadd":
                if (list) {
                    line.error(option, "a list of sets has no forceadd");
                }
                return at;
            case "skbinfo":
                line.error(option, "skbinfo is not supported: sets put no marks on packets here");
                return at;
            default:
        }
        if (!CREATE_OPTIONS.contains(option.text())) {
            line.error(
                    option,
                    "unknown option \"" + option.text() + "\" of a set",
                    Suggestion.closest(option.text(), CREATE_OPTIONS));
            return words.size();
        }
        if (at + 1 == words.size()) {
            line.error(line.end(), "expected a value behind " + option.text());
            return at;
        }
        Word value = words.get(at + 1);
        if (option.text().equals("size") != list && !option.text().equals("timeout")) {
            line.error(option, "sets of type " + kind.text() + " have no " + option.text());
        } else if (option.text().equals("family")) {
            family(value, options, line);
        } else if (option.text().equals("timeout")) {
            checkTimeout(value, line);
        } else if (option.text().equals("netmask") && kind != IpSet.Kind.HASH_IP) {
            line.error(option, "only sets of type hash:ip have a netmask here");
        } else {
            number(option, value, options, line);
        }
        return at + 1;
    }

    private static void family(Word value, IpSetDraft.Options options, Line line) {
        switch (value.text().toLowerCase(Locale.ROOT)) {
            case "inet", "ipv4", "-4" -> options.family = Family.IPV4;
            case "inet6", "ipv6", "-6" -> options.family = Family.IPV6;
            default -> line.error(value, "\"" + value.text() + "\" is no family, expected inet or inet6");
        }
    }

    private static void number(Word option, Word value, IpSetDraft.Options options, Line line) {
        boolean size = SIZES.contains(option.text());
        boolean mask = option.text().equals("netmask");
        long most = mask ? 128 : 0xffff_ffffL;
        long number = Numbers.parse(value.text(), most);
        if (number < (mask ? 1 : 0)) {
            line.error(value, "\"" + value.text() + "\" is no value of " + option.text() + ", expected a number");
        } else if (mask) {
            options.netmask = (int) number;
        } else if (!size) {
            options.maxElements = number;
        }
    }

    /** Sets do not change while they are in force, so nothing may be there for a time only. */
    static void checkTimeout(Word value, Line line) {
        if (!value.text().equals("0")) {
            line.error(value, "elements that time out are not supported, only timeout 0");
        }
    }

    private void add(List<Word> words, Line line) {
        if (words.size() < 3) {
            line.error(line.end(), "expected add NAME ELEMENT");
            return;
        }
        Word name = words.get(1);
        IpSetDraft draft = drafts.get(name.text());
        if (draft == null) {
            line.error(
                    name,
                    "there is no set \"" + name.text() + "\" so far, expected a create line before",
                    Suggestion.closest(name.text(), drafts.keySet()));
            return;
        }
        draft.add(words, drafts, line);
    }
}
