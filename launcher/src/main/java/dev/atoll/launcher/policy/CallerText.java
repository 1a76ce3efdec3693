package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.ConnectionSpec.MalformedException;
import dev.atoll.stack.options.SocketCaller;
import java.nio.file.Path;
import java.util.List;

/** Code as users name it: a jar, Maven coordinates, a class, or several of them with commas. What they do not say is not known. */
final class CallerText {
    private static final String JAR = ".jar";
    private static final String UNNAMED = "?";

    private CallerText() {}

    /** The code that a text names. */
    static SocketCaller of(String text) throws MalformedException {
        String className = UNNAMED;
        String location = "";
        String coordinates = "";
        for (String word : text.split(",", -1)) {
            if (word.endsWith(JAR)) {
                location = Path.of(word).toUri().toString();
            } else if (word.indexOf(':') > 0) {
                coordinates = word.indexOf(':') == word.lastIndexOf(':') ? word + ":" : word;
            } else if (word.indexOf('.') > 0) {
                className = word;
            } else {
                throw new MalformedException("\"" + word
                        + "\" is no code, expected NAME.jar, GROUP:ARTIFACT[:VERSION] or a class with its package");
            }
        }
        return new SocketCaller(className, "", location, coordinates, "main", List.of());
    }
}
