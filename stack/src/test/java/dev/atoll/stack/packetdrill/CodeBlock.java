package dev.atoll.stack.packetdrill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the little of Python that scripts use between percent signs and braces: {@code assert} with comparisons and
 * arithmetic on the fields of TCP_INFO, assignments, {@code print}. Variables live as long as the script.
 */
final class CodeBlock {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:(0x[0-9a-fA-F]+|[0-9]+(?:\\.[0-9]+)?)|([A-Za-z_][A-Za-z_0-9]*)"
                    + "|('[^']*'|\"[^\"]*\")|(<=|>=|==|!=|\\+=|-=|\\*=|//|[-+*/%<>=(),]))");
    private static final Pattern COMMENT = Pattern.compile("#[^\n]*");
    private static final Pattern CONTINUED = Pattern.compile("\\\\[ \t]*(?:\n|$)");

    private final Map<String, Double> variables = new HashMap<>();
    private List<String> tokens = List.of();
    private int at;

    /** What one block asserts, with the fields' values of this moment. */
    void run(String code, Map<String, Long> fields) throws ScriptFailure {
        for (Map.Entry<String, Long> field : fields.entrySet()) {
            variables.put(field.getKey(), field.getValue().doubleValue());
        }
        String plain = CONTINUED.matcher(COMMENT.matcher(code).replaceAll("")).replaceAll(" ");
        for (String statement : plain.split("[;\n]", -1)) {
            if (!statement.isBlank()) {
                execute(statement.strip());
            }
        }
    }

    private void execute(String statement) throws ScriptFailure {
        tokens = tokens(statement);
        at = 0;
        String first = tokens.get(0);
        if (first.equals("assert")) {
            at = 1;
            double holds = disjunction();
            if (holds == 0) {
                throw ScriptFailure.failed("`" + statement + "` does not hold: " + values(statement));
            }
            if (at < tokens.size() && !tokens.get(at).equals(",")) {
                throw ScriptFailure.skip("code `" + statement + "`");
            }
        } else if (tokens.size() > 2
                && tokens.get(1).endsWith("=")
                && !tokens.get(1).equals("==")) {
            at = 2;
            double value = disjunction();
            double before = tokens.get(1).equals("=") ? 0 : value(first);
            variables.put(
                    first,
                    switch (tokens.get(1)) {
                        case "=" -> value;
                        case "+=" -> before + value;
                        case "-=" -> before - value;
                        default -> throw ScriptFailure.skip("code `" + statement + "`");
                    });
        } else if (!first.equals("print")) {
            throw ScriptFailure.skip("code `" + statement + "`");
        }
    }

    /** The values of the names in a statement, for the message. */
    private String values(String statement) throws ScriptFailure {
        StringBuilder text = new StringBuilder();
        for (String token : tokens(statement)) {
            Double value = variables.get(token);
            if (value != null && text.indexOf(token + " ") < 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(token)
                        .append(" is ")
                        .append(value.longValue());
            }
        }
        return text.toString();
    }

    private static List<String> tokens(String statement) throws ScriptFailure {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(statement);
        int from = 0;
        while (from < statement.length() && !statement.substring(from).isBlank()) {
            if (!matcher.find(from) || matcher.start() != from) {
                throw ScriptFailure.skip("code `" + statement + "`");
            }
            tokens.add(matcher.group().strip());
            from = matcher.end();
        }
        return tokens;
    }

    private boolean accept(String token) {
        if (at < tokens.size() && tokens.get(at).equals(token)) {
            at++;
            return true;
        }
        return false;
    }

    private double disjunction() throws ScriptFailure {
        double left = conjunction();
        while (accept("or")) {
            double right = conjunction();
            left = left != 0 ? left : right;
        }
        return left;
    }

    private double conjunction() throws ScriptFailure {
        double left = negation();
        while (accept("and")) {
            double right = negation();
            left = left == 0 ? left : right;
        }
        return left;
    }

    private double negation() throws ScriptFailure {
        if (accept("not")) {
            return negation() == 0 ? 1 : 0;
        }
        return comparison();
    }

    /** Comparisons may be chained: {@code 1 <= x <= 2}. */
    private double comparison() throws ScriptFailure {
        double left = sum();
        @Nullable Boolean holds = null;
        while (at < tokens.size() && isComparison(tokens.get(at))) {
            String operator = tokens.get(at++);
            double right = sum();
            boolean one =
                    switch (operator) {
                        case "<" -> left < right;
                        case "<=" -> left <= right;
                        case ">" -> left > right;
                        case ">=" -> left >= right;
                        case "==" -> left == right;
                        default -> left != right;
                    };
            holds = (holds == null || holds) && one;
            left = right;
        }
        return holds == null ? left : holds ? 1 : 0;
    }

    private static boolean isComparison(String token) {
        return List.of("<", "<=", ">", ">=", "==", "!=").contains(token);
    }

    private double sum() throws ScriptFailure {
        double left = product();
        while (true) {
            if (accept("+")) {
                left += product();
            } else if (accept("-")) {
                left -= product();
            } else {
                return left;
            }
        }
    }

    private double product() throws ScriptFailure {
        double left = single();
        while (true) {
            if (accept("*")) {
                left *= single();
            } else if (accept("//")) {
                left = Math.floor(left / single());
            } else if (accept("/")) {
                left /= single();
            } else if (accept("%")) {
                left %= single();
            } else {
                return left;
            }
        }
    }

    private double single() throws ScriptFailure {
        if (at >= tokens.size()) {
            throw ScriptFailure.skip("code that ends early: " + tokens);
        }
        String token = tokens.get(at++);
        if (token.equals("(")) {
            double inner = disjunction();
            accept(")");
            return inner;
        }
        if (token.equals("-")) {
            return -single();
        }
        if (token.startsWith("0x")) {
            return Long.parseLong(token.substring(2), 16);
        }
        if (Character.isDigit(token.charAt(0))) {
            return Double.parseDouble(token);
        }
        return value(token);
    }

    private double value(String name) throws ScriptFailure {
        Double value = variables.get(name);
        if (value == null) {
            throw ScriptFailure.skip("code that names " + name);
        }
        return value;
    }
}
