package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m comment --comment}. */
final class CommentSyntax extends MatchSyntax {
    static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("comment", 1, false));

    CommentSyntax() {
        super("comment", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("comment");
        if (use == null) {
            line.error(at, "-m comment needs --comment");
            return null;
        }
        Word word = use.argument();
        int length = word.text().getBytes(StandardCharsets.UTF_8).length;
        if (length > CommentMatcher.MAX_LENGTH) {
            line.error(word, "the comment has " + length + " bytes, at most " + CommentMatcher.MAX_LENGTH + " fit");
            return null;
        }
        return new CommentMatcher(word.text());
    }

    static void print(CommentMatcher matcher, RuleText out) {
        out.match("comment").option(false, "comment").quoted(matcher.text());
    }
}
