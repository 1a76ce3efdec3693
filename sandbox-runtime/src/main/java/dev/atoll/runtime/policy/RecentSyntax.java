package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.RecentMatcher;
import dev.atoll.stack.filter.RecentMatcher.Action;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m recent}: addresses that were met. */
final class RecentSyntax extends MatchSyntax {
    private static final List<String> ACTIONS = List.of("set", "rcheck", "update", "remove");

    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("set", 0, true),
            OptionSpec.of("rcheck", 0, true),
            OptionSpec.of("update", 0, true),
            OptionSpec.of("remove", 0, true),
            OptionSpec.of("seconds", 1, false),
            OptionSpec.of("reap", 0, false),
            OptionSpec.of("hitcount", 1, false),
            OptionSpec.of("rttl", 0, false),
            OptionSpec.of("name", 1, false),
            OptionSpec.of("rsource", 0, false),
            OptionSpec.of("rdest", 0, false),
            OptionSpec.of("mask", 1, false));

    RecentSyntax() {
        super("recent", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use action = only(ACTIONS, line);
        if (action == null) {
            if (!line.isBad()) {
                line.error(at, "-m recent needs --set, --rcheck, --update or --remove");
            }
            return null;
        }
        boolean looks = action.is("rcheck") || action.is("update");
        for (String option : List.of("seconds", "reap", "hitcount", "rttl")) {
            Use use = used(option);
            if (use != null && !looks) {
                line.error(use.at(), "--" + option + " needs --rcheck or --update");
            }
        }
        Use both = used("rsource") == null ? null : used("rdest");
        if (both != null) {
            line.error(both.at(), "only one of --rsource and --rdest can be there");
        }
        Use reap = used("reap");
        if (reap != null && used("seconds") == null) {
            line.error(reap.at(), "--reap needs --seconds");
        }
        long seconds = number("seconds", 1, RecentMatcher.MAX_SECONDS, line);
        long hits = number("hitcount", 0, RecentMatcher.MAX_HIT_COUNT, line);
        IpAddress mask = mask(line);
        String name = name(line);
        if (line.isBad() || mask == null) {
            return null;
        }
        return new RecentMatcher(
                action(action.option().key()),
                name,
                used("rdest") != null,
                mask,
                seconds,
                (int) hits,
                reap != null,
                used("rttl") != null,
                action.negated());
    }

    /** 0 if it is not there. */
    private long number(String option, long least, long most, Line line) {
        Use use = used(option);
        if (use == null) {
            return 0;
        }
        long number = Numbers.parse(use.argument().text(), most);
        if (number < least) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no value of --" + option + ", expected " + least + " to "
                            + most);
        }
        return number;
    }

    private @Nullable IpAddress mask(Line line) {
        Use use = used("mask");
        if (use == null) {
            return Masks.all(line.isIpv4());
        }
        IpAddress mask = Addresses.plain(use.argument().text(), line.family());
        if (mask == null) {
            int length =
                    Ports.number(use.argument().text(), Masks.all(line.isIpv4()).bitLength());
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no mask, expected one in the form of an address",
                    length < 0 ? null : Masks.ofLength(length, line.isIpv4()).toString());
        }
        return mask;
    }

    private String name(Line line) {
        Use use = used("name");
        if (use == null) {
            return RecentMatcher.DEFAULT_NAME;
        }
        String name = use.argument().text();
        if (!isFileName(name, RecentMatcher.MAX_NAME_LENGTH)) {
            line.error(
                    use.argument(),
                    "a list's name has 1 to " + RecentMatcher.MAX_NAME_LENGTH
                            + " characters, no blank, quote or / among them, and is not . or ..");
        }
        return name;
    }

    /** Whether Linux would show a list or table of that name in a file, and iptables prints it so that it can be read again. */
    static boolean isFileName(String name, int most) {
        boolean good = !name.isEmpty() && name.length() <= most && !name.equals(".") && !name.equals("..");
        for (int i = 0; i < name.length(); i++) {
            good &= name.charAt(i) > ' ' && "/\"'\\".indexOf(name.charAt(i)) < 0;
        }
        return good;
    }

    private static String option(Action action) {
        return switch (action) {
            case SET -> "set";
            case CHECK -> "rcheck";
            case UPDATE -> "update";
            case REMOVE -> "remove";
        };
    }

    private static Action action(String option) {
        for (Action action : Action.values()) {
            if (option(action).equals(option)) {
                return action;
            }
        }
        throw new IllegalArgumentException(option + " is none of " + ACTIONS);
    }

    static void print(RecentMatcher matcher, RuleText out) {
        out.match("recent").option(matcher.negated(), option(matcher.action()));
        if (matcher.seconds() > 0) {
            out.option(false, "seconds").word(matcher.seconds());
        }
        if (matcher.reap()) {
            out.option(false, "reap");
        }
        if (matcher.hitCount() > 0) {
            out.option(false, "hitcount").word(matcher.hitCount());
        }
        if (matcher.sameTtl()) {
            out.option(false, "rttl");
        }
        out.option(false, "name").word(matcher.name());
        out.option(false, "mask").word(Addresses.text(matcher.mask()));
        out.option(false, matcher.destination() ? "rdest" : "rsource");
    }
}
