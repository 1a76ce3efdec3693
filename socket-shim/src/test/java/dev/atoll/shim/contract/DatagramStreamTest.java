package dev.atoll.shim.contract;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** On the JDK's provider; children of {@code AgentTest} run it on ours. */
@EnabledForJreRange(max = JRE.JAVA_24)
class DatagramStreamTest extends DatagramStreamContract {}
