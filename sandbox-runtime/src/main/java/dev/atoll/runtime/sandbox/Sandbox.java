package dev.atoll.runtime.sandbox;

import dev.atoll.runtime.dns.DnsResolver;
import dev.atoll.runtime.localhost.Localhost;
import dev.atoll.runtime.loop.StackDriver;
import dev.atoll.runtime.pcap.PcapngWriter;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.filter.RuleSet;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stack that runs: with its link, addresses, routes, rules and name service, driven by a loop of its own until it is
 * closed.
 *
 * <pre>{@code
 * try (Sandbox sandbox = Sandbox.builder()
 *         .link(new StreamLink(HostDescriptor.connect(path, SelectorProvider.provider()), linkAddress, 1500))
 *         .address(IpAddress.parse("10.66.0.2"), 24)
 *         .router(IpAddress.parse("10.66.0.1"))
 *         .names(ResolverOptions.of(List.of(IpAddress.parse("10.66.0.1"))))
 *         .start()) {
 *     TcpEndpoint endpoint = sandbox.stack().newTcpEndpoint();
 *     ...
 * }
 * }</pre>
 *
 * <p>Any thread. Owns everything it was built from.
 */
public final class Sandbox implements AutoCloseable {
    private final Stack stack;
    private final @Nullable Nic nic;
    private final DnsResolver names;
    private final StackDriver driver;
    private final @Nullable Localhost localhost;
    private final @Nullable PcapngWriter capture;
    private final Closeable entropy;

    Sandbox(
            Stack stack,
            @Nullable Nic nic,
            DnsResolver names,
            StackDriver driver,
            @Nullable Localhost localhost,
            @Nullable PcapngWriter capture,
            Closeable entropy) {
        this.stack = stack;
        this.nic = nic;
        this.names = names;
        this.driver = driver;
        this.localhost = localhost;
        this.capture = capture;
        this.entropy = entropy;
    }

    /** Begins to describe a sandbox; one that is told nothing has loopback only and no rules. */
    public static SandboxBuilder builder() {
        return new SandboxBuilder();
    }

    public Stack stack() {
        return stack;
    }

    /**
     * Puts other rules in force while connections live, as {@link Stack#replaceRules} does. If they ask who sends and those before
     * did not, endpoints send as this process is now.
     *
     * @return how many connections and other flows ended
     * @throws IOException if nobody knows who this process is
     */
    public int replacePolicy(RuleSet rules) throws IOException {
        if (rules.needsSocketOwner() && !stack.ipTables().ruleSet().needsSocketOwner()) {
            stack.setSocketOwner(ProcessOwner.read());
        }
        return stack.replaceRules(rules);
    }

    /** The NIC on the link, or null if there is only {@code lo}. */
    public @Nullable Nic nic() {
        return nic;
    }

    /** Looks names up over the stack. */
    public DnsResolver names() {
        return names;
    }

    /** What joins the sandbox's loopback with the kernel's, or null if nothing does. */
    public @Nullable Localhost localhost() {
        return localhost;
    }

    /** The recording, or null if there is none. */
    public @Nullable PcapngWriter capture() {
        return capture;
    }

    /** Ends every connection, closes the link and the recording, and returns when no thread of ours runs any more. */
    @Override
    public void close() {
        if (localhost != null) {
            localhost.close();
        }
        // In this order: a thread that may not hold the stack has it closed by the loop, so the loop ends after it.
        stack.close();
        driver.close();
        if (capture != null) {
            capture.close();
        }
        try {
            entropy.close();
        } catch (IOException ignored) {
            // A file that was only read: nothing can be lost.
        }
    }
}
