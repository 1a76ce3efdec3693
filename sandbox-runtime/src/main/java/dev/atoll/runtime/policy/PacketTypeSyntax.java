package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PacketTypeMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -m pkttype}: whom the packet's frame was for. */
final class PacketTypeSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("pkt-type", 1, true));

    PacketTypeSyntax() {
        super("pkttype", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        Use use = used("pkt-type");
        if (use == null) {
            line.error(at, "-m pkttype needs --pkt-type");
            return null;
        }
        Word word = use.argument();
        String wanted = word.text().toLowerCase(Locale.ROOT);
        List<String> names = new ArrayList<>();
        for (PacketTypeMatcher.Type type : PacketTypeMatcher.Type.values()) {
            if (wanted.equals(name(type)) || wanted.equals(alias(type))) {
                return new PacketTypeMatcher(type, use.negated());
            }
            names.add(name(type));
        }
        line.error(
                word,
                "unknown packet type \"" + word.text() + "\", expected " + String.join(", ", names),
                Suggestion.closest(wanted, names));
        return null;
    }

    private static String name(PacketTypeMatcher.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static String alias(PacketTypeMatcher.Type type) {
        return switch (type) {
            case UNICAST -> "host";
            case BROADCAST -> "bcast";
            case MULTICAST -> "mcast";
        };
    }

    static void print(PacketTypeMatcher matcher, RuleText out) {
        out.match("pkttype").option(matcher.negated(), "pkt-type").word(name(matcher.type()));
    }
}
