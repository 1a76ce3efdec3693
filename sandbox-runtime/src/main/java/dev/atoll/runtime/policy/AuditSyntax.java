package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.LogTarget.Audit;
import dev.atoll.stack.filter.StandardTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -j AUDIT --type}: in capitals or not, never cut short. */
final class AuditSyntax extends TargetSyntax {
    private static final String TYPE = "type";
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of(TYPE, 1, false));

    AuditSyntax() {
        super("AUDIT", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use use = used(TYPE);
        if (use == null) {
            line.error(at, "-j AUDIT needs --type with " + String.join(", ", names()));
            return null;
        }
        String text = use.argument().text();
        for (Audit.Type type : Audit.Type.values()) {
            if (name(type).equals(text.toLowerCase(Locale.ROOT))) {
                return new Audit(type);
            }
        }
        line.error(
                use.argument(),
                "unknown --type \"" + text + "\", expected " + String.join(", ", names()),
                Suggestion.closest(text, names()));
        return null;
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Audit.Type type : Audit.Type.values()) {
            names.add(name(type));
        }
        return names;
    }

    private static String name(Audit.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    static void print(Audit target, RuleText out) {
        out.target("AUDIT").option(false, TYPE).word(name(target.type()));
    }
}
