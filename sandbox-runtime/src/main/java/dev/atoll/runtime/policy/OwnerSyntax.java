package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.OwnerMatcher.Ids;
import dev.atoll.stack.filter.OwnerMatcher.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m owner}: who has sent a packet. Names are looked up once, when the policy is read. */
final class OwnerSyntax extends MatchSyntax {
    static final long MAX_ID = OwnerMatcher.MAX_ID;

    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("uid-owner", 1, true),
            OptionSpec.of("gid-owner", 1, true),
            OptionSpec.of("socket-exists", 0, true),
            OptionSpec.of("suppl-groups", 0, false));

    OwnerSyntax() {
        super("owner", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use user = used("uid-owner");
        Use group = used("gid-owner");
        Use exists = used("socket-exists");
        Use supplementary = used("suppl-groups");
        if (supplementary != null && group == null) {
            line.error(supplementary.at(), "--suppl-groups needs --gid-owner");
            return null;
        }
        if (user == null && group == null && exists == null) {
            line.error(at, "-m owner needs --uid-owner, --gid-owner or --socket-exists");
            return null;
        }
        Ids users =
                user == null ? null : ids(user, Accounts.user(user.argument().text()), "user", line);
        Ids groups = group == null
                ? null
                : ids(group, Accounts.group(group.argument().text()), "group", line);
        if (line.isBad()) {
            return null;
        }
        Socket socket = exists == null ? Socket.ANY : exists.negated() ? Socket.MISSING : Socket.EXISTS;
        return new OwnerMatcher(socket, users, groups, supplementary != null);
    }

    private static @Nullable Ids ids(Use use, long named, String kind, Line line) {
        if (named >= 0) {
            return new Ids(named, named, use.negated());
        }
        String text = use.argument().text();
        int between = Math.max(text.indexOf('-'), text.indexOf(':'));
        long first = Numbers.parse(between < 0 ? text : text.substring(0, between), MAX_ID);
        long last = between < 0 ? first : Numbers.parse(text.substring(between + 1), MAX_ID);
        if (first < 0 || last < first) {
            line.error(
                    use.argument(),
                    "\"" + text + "\" is neither a " + kind + " of this machine nor an id or FIRST-LAST, each 0 to "
                            + MAX_ID);
            return null;
        }
        return new Ids(first, last, use.negated());
    }

    static void print(OwnerMatcher matcher, RuleText out) {
        out.match("owner");
        if (matcher.socket() != Socket.ANY) {
            out.option(matcher.socket() == Socket.MISSING, "socket-exists");
        }
        print("uid-owner", matcher.user(), out);
        print("gid-owner", matcher.group(), out);
        if (matcher.supplementaryGroups()) {
            out.option(false, "suppl-groups");
        }
    }

    private static void print(String option, @Nullable Ids ids, RuleText out) {
        if (ids != null) {
            out.option(ids.negated(), option)
                    .word(ids.first() == ids.last() ? ids.first() : ids.first() + "-" + ids.last());
        }
    }
}
