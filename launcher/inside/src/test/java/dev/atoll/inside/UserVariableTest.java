package dev.atoll.inside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class UserVariableTest {
    private static final String NAME = "JAVA_TOOL_OPTIONS";

    @Test
    void withoutAgent_isWhatTheUserGave() {
        assertEquals(
                " -javaagent:'o tel.jar'  -Da=1 ",
                UserVariable.withoutAgent("-javaagent:/a.jar=JAVA_TOOL_OPTIONS  -javaagent:'o tel.jar'  -Da=1 ", NAME));
    }

    /** Somebody has named the agent himself: nothing of that is ours to take away. */
    @Test
    void withoutAgent_thatIsNotTheFirstWord_isNothing() {
        assertNull(UserVariable.withoutAgent(null, NAME));
        assertNull(UserVariable.withoutAgent("", NAME));
        assertNull(UserVariable.withoutAgent("-javaagent:/a.jar=JAVA_TOOL_OPTIONS", NAME));
        assertNull(UserVariable.withoutAgent("-javaagent:/a.jar -Da=1", NAME));
        assertNull(UserVariable.withoutAgent("-Da=JAVA_TOOL_OPTIONS -Db=1", NAME));
    }
}
