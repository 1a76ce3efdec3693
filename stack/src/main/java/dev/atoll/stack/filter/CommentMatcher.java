package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/** {@code -m comment --comment text}: matches every packet. */
public record CommentMatcher(String text) implements StandardMatcher {
    /** Linux's limit, bytes without the final zero. */
    public static final int MAX_LENGTH = 255;

    public CommentMatcher {
        Check.argument(text.length() <= MAX_LENGTH, "comment", text, "at most " + MAX_LENGTH + " characters");
    }

    @Override
    public Result match(PacketContext context) {
        return Result.YES;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static CommentMatcher archived(Archive archive, @Nullable CommentMatcher value) {
        return new CommentMatcher(archive.text(value == null ? "" : value.text()));
    }
}
