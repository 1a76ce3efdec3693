package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.options.SocketCaller;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m codesource [!] --jar}, {@code --maven}, {@code --module} and {@code --package}: whose code has opened the socket
 * that a packet is sent from ({@link SocketCaller}). Of one whose code is not known conditions hold only if they are negated.
 *
 * @param conditions at least one; all have to hold
 */
public record CodeSourceMatcher(List<Condition> conditions) implements StandardMatcher {
    /** What of the code is asked for. */
    public enum Part {
        /** The file's name, or with a slash in the pattern its whole place. */
        JAR,
        /** {@code GROUP:ARTIFACT[:VERSION]}. */
        MAVEN,
        MODULE,
        /** A package; with {@code .*} behind it those below it, too. */
        PACKAGE
    }

    private static final int MAX_CONDITIONS = 4;
    private static final String BELOW = ".*";

    /**
     * One condition.
     *
     * @param pattern in which {@code *} and {@code ?} stand for any characters and any one, but in that of a package
     */
    public record Condition(Part part, String pattern, boolean negated) {
        public Condition {
            String problem = problem(part, pattern);
            Check.argument(problem == null, "pattern", pattern, String.valueOf(problem));
        }

        /** What is wrong with a pattern: what it was expected to be; null if nothing is. */
        public static @Nullable String problem(Part part, String pattern) {
            return switch (part) {
                case JAR, MODULE -> pattern.isEmpty() ? "a name, in which * and ? stand for others" : null;
                case MAVEN -> isCoordinates(pattern) ? null : "GROUP:ARTIFACT or GROUP:ARTIFACT:VERSION";
                case PACKAGE -> isPackage(pattern) ? null : "a package, or one with .* behind it";
            };
        }

        private static boolean isCoordinates(String pattern) {
            int parts = 1;
            int from = 0;
            for (int i = 0; i <= pattern.length(); i++) {
                if (i == pattern.length() || pattern.charAt(i) == ':') {
                    if (i == from) {
                        return false;
                    }
                    parts += i == pattern.length() ? 0 : 1;
                    from = i + 1;
                }
            }
            return parts == 2 || parts == 3;
        }

        private static boolean isPackage(String pattern) {
            String name = pattern.endsWith(BELOW) ? pattern.substring(0, pattern.length() - BELOW.length()) : pattern;
            boolean begins = true;
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                boolean good =
                        begins ? Character.isJavaIdentifierStart(c) : c == '.' || Character.isJavaIdentifierPart(c);
                if (!good) {
                    return false;
                }
                begins = c == '.';
            }
            return !begins;
        }

        boolean holds(SocketCaller caller) {
            return (caller.hasCode() && matches(caller)) != negated;
        }

        private boolean matches(SocketCaller caller) {
            return switch (part) {
                case JAR -> Glob.matches(pattern, pattern.indexOf('/') < 0 ? caller.jar() : caller.location());
                case MAVEN -> isOf(caller.coordinates());
                case MODULE -> Glob.matches(pattern, caller.module());
                case PACKAGE -> isIn(caller.packageName());
            };
        }

        /** Each part by itself: a star in one does not reach over a colon. */
        private boolean isOf(String coordinates) {
            int at = 0;
            int of = 0;
            while (true) {
                int end = end(pattern, at);
                int ofEnd = end(coordinates, of);
                if (!Glob.matches(pattern.substring(at, end), coordinates.substring(of, ofEnd))) {
                    return false;
                }
                if (end == pattern.length()) {
                    return true;
                }
                if (ofEnd == coordinates.length()) {
                    return false;
                }
                at = end + 1;
                of = ofEnd + 1;
            }
        }

        private static int end(String text, int from) {
            int colon = text.indexOf(':', from);
            return colon < 0 ? text.length() : colon;
        }

        private boolean isIn(String packageName) {
            if (!pattern.endsWith(BELOW)) {
                return packageName.equals(pattern);
            }
            int length = pattern.length() - BELOW.length();
            return packageName.regionMatches(0, pattern, 0, length)
                    && (packageName.length() == length || packageName.charAt(length) == '.');
        }
    }

    private static final Archive.Codec<Condition> CONDITION = new Archive.Codec<>() {
        @Override
        public Condition archive(Archive archive, @Nullable Condition value) {
            Part part = archive.constant(value == null ? Part.JAR : value.part());
            String pattern = archive.text(value == null ? "" : value.pattern());
            return new Condition(part, pattern, archive.bool(value != null && value.negated()));
        }
    };

    public CodeSourceMatcher {
        conditions = List.copyOf(conditions);
        Check.argument(
                !conditions.isEmpty() && conditions.size() <= MAX_CONDITIONS,
                "conditions",
                conditions.size(),
                "1 to " + MAX_CONDITIONS);
    }

    @Override
    public Set<Hook> hooks() {
        return EnumSet.of(Hook.OUTPUT, Hook.POSTROUTING);
    }

    @Override
    public Result match(PacketContext context) {
        SocketCaller caller = context.socketCaller();
        for (int i = 0; i < conditions.size(); i++) {
            if (!conditions.get(i).holds(caller)) {
                return Result.NO;
            }
        }
        return Result.YES;
    }

    static CodeSourceMatcher archived(Archive archive, @Nullable CodeSourceMatcher value) {
        List<Condition> conditions = new ArrayList<>(value == null ? List.of() : value.conditions());
        archive.list(conditions, MAX_CONDITIONS, CONDITION);
        return new CodeSourceMatcher(conditions);
    }
}
