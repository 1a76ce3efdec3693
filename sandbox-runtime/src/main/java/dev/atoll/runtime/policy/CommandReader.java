package dev.atoll.runtime.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of one line as getopt and iptables do: short options alone or with their argument attached, long ones
 * in full or cut short, {@code !} before what it negates. What a rule is made of goes to a {@link RuleDraft}.
 */
final class CommandReader {
    /** In place of an option: several begin like this, which was reported. */
    private static final Object AMBIGUOUS = new Object();

    private final Line line;
    private final List<Word> words;
    private final boolean ofScript;
    private final RuleDraft draft;
    private int next;
    private @Nullable Word negation;
    private @Nullable Word commandWord;
    private char command;
    private @Nullable Word chain;
    private @Nullable Word argument;
    private @Nullable Word familyOption;
    private @Nullable Word tableOption;
    private boolean ofOtherFamily;

    /**
     * Reads one line.
     *
     * @param words of a script's command those behind the tool's name
     * @param ofScript whether it is such a command, which says its table itself
     */
    CommandReader(Line line, List<Word> words, boolean ofScript, Lookups lookups) {
        this.line = line;
        this.ofScript = ofScript;
        this.words = words;
        draft = new RuleDraft(line, lookups);
    }

    /** {@code -4} or {@code -6} if the line has it, or null. */
    @Nullable Word familyOption() {
        return familyOption;
    }

    /** Whether that is for the other family than the one whose rules are read; then nothing of the line counts. */
    boolean isOfOtherFamily() {
        return ofOtherFamily;
    }

    /** {@code -t}'s argument if the command of a script has it, or null. */
    @Nullable Word tableOption() {
        return tableOption;
    }

    /** Reads all words; false if the line is wrong, which was reported, or is of the other family. */
    boolean read() {
        while (next < words.size()) {
            Word word = words.get(next++);
            if (!readWord(word)) {
                return false;
            }
        }
        if (negation != null) {
            line.error(negation, "expected an option behind !");
        }
        if (commandWord == null && !line.isBad()) {
            line.error(line.whole(), "the line has no command, expected -A CHAIN or another");
        }
        return commandWord != null;
    }

    /** What the line that was read says to do with its table; null if that is wrong, which was reported. */
    @Nullable Command finish(ChainNames chains) {
        return commandWord == null ? null : finish(commandWord, chains);
    }

    private @Nullable Command finish(Word at, ChainNames chains) {
        boolean hasRule = "AIRD".indexOf(command) >= 0 && !(command == 'D' && argument != null);
        if (!hasRule) {
            draft.refuseAll(at.text());
            return line.isBad() ? null : new Command(command, chain, argument, List.of(), null);
        }
        if (chain == null) {
            return null;
        }
        RuleDraft.Finished rule = draft.finish(chain, chains);
        return line.isBad() || rule == null ? null : new Command(command, chain, argument, rule.rules(), rule.target());
    }

    /** Reads one word and what belongs to it; false if the rest of the line cannot be understood any more. */
    private boolean readWord(Word word) {
        String text = word.text();
        if (text.equals("!")) {
            if (negation != null) {
                line.error(word, "! stands there twice in a row");
                return false;
            }
            negation = word;
            return true;
        }
        if (text.startsWith("--") && text.length() > 2) {
            return readLong(word);
        }
        if (text.startsWith("-") && text.length() > 1 && !text.equals("--")) {
            return readShort(word);
        }
        String hint = "";
        if (text.startsWith("#")) {
            hint = "; a comment has a line of its own, or use -m comment";
        } else if (followsApostrophe()) {
            hint = "; ' is no quote in this form, use \"";
        }
        line.error(word, "unexpected \"" + text + "\", expected an option" + hint);
        return false;
    }

    /** Whether a word before the one just read begins as a quoted one does in a shell. */
    private boolean followsApostrophe() {
        boolean follows = false;
        for (Word before : words.subList(0, next - 1)) {
            follows |= !ofScript && before.text().startsWith("'");
        }
        return follows;
    }

    private boolean readShort(Word word) {
        char letter = word.text().charAt(1);
        for (BaseOptions.Base option : BaseOptions.ALL) {
            if (option.letter() != letter || letter == '0') {
                continue;
            }
            if (word.text().length() == 2) {
                return readBase(option, word, null);
            }
            if (option.arguments() == 0) {
                // Letters without argument may be bundled; the rest is another word then.
                words.add(next, new Word("-" + word.text().substring(2), word.column() + 1, word.width() - 1));
                return readBase(option, word.part(0, 2), null);
            }
            return readBase(option, word.part(0, 2), word.part(2, word.text().length()));
        }
        return unknown(word, "-" + letter);
    }

    private boolean readLong(Word word) {
        int equals = word.text().indexOf('=');
        String name = equals < 0 ? word.text().substring(2) : word.text().substring(2, equals);
        Word attached = equals < 0 ? null : word.part(equals + 1, word.text().length());
        Object found = find(word, name);
        if (found == null && draft.loadProtocolMatch(word)) {
            found = find(word, name);
        }
        if (found instanceof BaseOptions.Base base) {
            return readBase(base, word, attached);
        }
        if (found instanceof RuleDraft.Extension extension) {
            return readExtension(extension, word, attached);
        }
        if (found == null) {
            unknown(word, "--" + name);
        }
        return false;
    }

    /** The option of that name or of which that is the only beginning; null if there is none; or AMBIGUOUS. */
    private @Nullable Object find(Word word, String name) {
        List<Object> matching = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (BaseOptions.Base base : BaseOptions.ALL) {
            if (base.name().equals(name)) {
                return base;
            }
            if (base.name().startsWith(name)) {
                matching.add(base);
                names.add("--" + base.name());
            }
        }
        for (RuleDraft.Extension extension : draft.extensions()) {
            if (extension.option().name().equals(name)) {
                return extension;
            }
            if (extension.option().name().startsWith(name)) {
                matching.add(extension);
                names.add("--" + extension.option().name());
            }
        }
        if (matching.size() > 1) {
            line.error(word, "--" + name + " could be " + String.join(" or ", new LinkedHashSet<>(names)));
            return AMBIGUOUS;
        }
        return matching.isEmpty() ? null : matching.get(0);
    }

    private boolean unknown(Word word, String option) {
        String needs = option.startsWith("--") ? Extensions.missingFor(option.substring(2)) : null;
        if (needs != null) {
            line.error(word, needs);
            return false;
        }
        Set<String> names = new LinkedHashSet<>(Extensions.optionNames());
        for (BaseOptions.Base base : BaseOptions.ALL) {
            names.add(base.name());
        }
        String near = option.startsWith("--") ? Suggestion.closest(option.substring(2), names) : null;
        line.error(word, "unknown option \"" + option + "\"", near == null ? null : "--" + near);
        return false;
    }

    private boolean readExtension(RuleDraft.Extension extension, Word word, @Nullable Word attached) {
        OptionSpec option = extension.option();
        boolean negated = takeNegation(word, option.negatable());
        if (!option.built()) {
            line.error(word, "--" + option.name() + " is not supported yet");
            return false;
        }
        List<Word> arguments = arguments(word, option.arguments(), attached);
        if (arguments == null || (option.negatable() && isLateNegation(word, arguments))) {
            return false;
        }
        draft.use(extension, new OptionUses.Use(option, word, negated, arguments));
        return true;
    }

    /** Words an option must have; null if the line ends first, which was reported. */
    private @Nullable List<Word> arguments(Word option, int count, @Nullable Word attached) {
        List<Word> arguments = new ArrayList<>();
        if (attached != null) {
            if (count == 0) {
                line.error(attached, option.text() + " takes no argument");
                return null;
            }
            arguments.add(attached);
        }
        while (arguments.size() < count) {
            // getopt takes whatever comes for the first argument, iptables only a plain word for the second.
            if (next == words.size()
                    || (!arguments.isEmpty() && !words.get(next).isPlain())) {
                String many = count == 1 ? "an argument" : count + " arguments";
                line.error(next == words.size() ? line.end() : words.get(next), option.text() + " needs " + many);
                return null;
            }
            arguments.add(words.get(next++));
        }
        return arguments;
    }

    /** Where {@code !} stands before an option's argument, as old versions of iptables had it; that is reported. */
    private boolean isLateNegation(Word option, List<Word> arguments) {
        boolean late = !arguments.isEmpty() && arguments.get(0).text().equals("!");
        if (late) {
            line.error(arguments.get(0), "! stands before an option and not behind it, expected ! " + option.text());
        }
        return late;
    }

    private boolean takeNegation(Word option, boolean allowed) {
        Word mark = negation;
        negation = null;
        if (mark != null && !allowed) {
            line.error(mark, "! cannot stand before " + option.text());
        }
        return mark != null;
    }

    private boolean readBase(BaseOptions.Base option, Word word, @Nullable Word attached) {
        boolean negated = takeNegation(word, "sdpiof".indexOf(option.letter()) >= 0);
        if (option.letter() == '4' || option.letter() == '6') {
            familyOption = word;
            ofOtherFamily = (option.letter() == '4') != line.isIpv4();
            return !ofOtherFamily;
        }
        String refused = ofScript && BaseOptions.OF_SCRIPTS.indexOf(option.letter()) >= 0
                ? null
                : BaseOptions.REFUSED.get(option.letter());
        if (refused != null) {
            line.error(word, word.text() + " " + refused);
            return false;
        }
        if (BaseOptions.LOOKING.indexOf(option.letter()) >= 0) {
            line.error(word, word.text() + " changes nothing, so it has no place in a policy file");
            return false;
        }
        if (attached != null && "psdioj".indexOf(option.letter()) >= 0) {
            // iptables takes the whole word, "-ptcp" or "--src=...", for the protocol, address, name or target.
            line.error(word, "expected a blank before \"" + attached.text() + "\"");
            return false;
        }
        List<Word> arguments = arguments(word, option.arguments(), attached);
        if (arguments == null || ("psdio".indexOf(option.letter()) >= 0 && isLateNegation(word, arguments))) {
            return false;
        }
        for (int i = 0;
                i < option.more() && next < words.size() && words.get(next).isPlain();
                i++) {
            arguments.add(words.get(next++));
        }
        if (BaseOptions.COMMANDS.indexOf(option.letter()) >= 0) {
            return readCommand(option, word, arguments);
        }
        return readRulePart(option.letter(), word, negated, arguments);
    }

    private boolean readRulePart(char letter, Word word, boolean negated, List<Word> arguments) {
        switch (letter) {
            case 's':
            case 'd':
                draft.address(letter == 's', word, negated, arguments.get(0));
                return true;
            case 'p':
                return draft.protocol(word, negated, arguments.get(0));
            case 'i':
            case 'o':
                draft.networkInterface(letter == 'i', word, negated, arguments.get(0));
                return true;
            case 'f':
                draft.fragment(word, negated);
                return true;
            case 'm':
                return draft.match(arguments.get(0));
            case 't':
                tableOption = arguments.get(0);
                return true;
            case 'j':
            case 'g':
                return draft.target(letter == 'g', word, arguments.get(0));
            case 'c':
                Counters.check(arguments.get(0), line);
                Counters.check(arguments.get(1), line);
                return true;
            default:
                // -v, -w, -W: there is nothing to be wordy about and nobody to wait for.
                return true;
        }
    }

    private boolean readCommand(BaseOptions.Base option, Word word, List<Word> arguments) {
        if (commandWord != null) {
            line.error(word, word.text() + " cannot be used together with " + commandWord.text());
            return false;
        }
        commandWord = word;
        command = option.letter();
        chain = arguments.isEmpty() ? null : arguments.get(0);
        argument = arguments.size() > 1 ? arguments.get(1) : null;
        return true;
    }
}
