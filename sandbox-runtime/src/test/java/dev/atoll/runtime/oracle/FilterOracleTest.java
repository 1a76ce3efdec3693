package dev.atoll.runtime.oracle;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.runtime.host.Programs;
import dev.atoll.stack.filter.Family;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Some cases of what {@code .ci/iptables-oracle} plays by the thousand. */
class FilterOracleTest {
    private static final int CASES = 100;

    static List<Arguments> kernels() {
        List<Arguments> kernels = new ArrayList<>();
        for (Family family : AtollFilter.families()) {
            for (Backend backend : Backend.values()) {
                kernels.add(Arguments.of(family, backend));
            }
        }
        return kernels;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    @Timeout(120)
    void randomRules_judgeRewriteAndCountAsTheKernelDoes(Family family, Backend backend) throws Exception {
        String program = backend.program(family, "-restore");
        assumeTrue(Programs.isInstalled(program), "needs " + program + " (apt-get install iptables)");
        Topology topology = Topology.of(family);
        try (Oracle oracle = new Oracle(topology, backend)) {
            for (long seed = 1; seed <= CASES; seed++) {
                OracleCase each = OracleCase.of(topology, backend, seed);
                String difference = oracle.difference(each);
                if (difference != null) {
                    fail("seed " + seed + "\n" + oracle.explain(each, difference));
                }
            }
            assertTrue(oracle.accepted() > CASES / 2, oracle.accepted() + " cases were taken");
            assertTrue(oracle.counted() > CASES, oracle.counted() + " rules met a packet");
        }
    }
}
