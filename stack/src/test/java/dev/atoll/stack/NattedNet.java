package dev.atoll.stack;

import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A router that may translate, two hosts behind it on links of their own, and one beyond it that knows no way to them: what
 * comes back does because the router's address was put in their place. In virtual time.
 */
final class NattedNet implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;

    final boolean v4;
    final IpAddress insideAddress;
    final IpAddress nearAddress;
    final IpAddress secondAddress;
    final IpAddress routerAddress;
    final IpAddress outsideAddress;

    final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
    Stack inside;
    Stack second;
    final Stack router;
    final Stack outside;
    private final List<Stack> stacks = new ArrayList<>();
    private final List<PipeLink> links = new ArrayList<>();
    private final List<Stack> owners = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    NattedNet(boolean v4, int outsideMtuBytes) throws StackException {
        this(v4, outsideMtuBytes, builder -> {});
    }

    /** With a router that has whatever else is asked for. */
    NattedNet(boolean v4, int outsideMtuBytes, Consumer<StackBuilder> more) throws StackException {
        this.v4 = v4;
        insideAddress = address(0, 2);
        nearAddress = address(0, 1);
        secondAddress = address(1, 2);
        routerAddress = address(2, 1);
        outsideAddress = address(2, 2);
        router = stack(1, more);
        inside = stack(2, builder -> {});
        second = stack(3, builder -> {});
        outside = stack(4, builder -> {});
        connect("eth0", inside, 0, 1500);
        connect("eth1", second, 1, 1500);
        connect("eth2", outside, 2, outsideMtuBytes);
        route(inside, 0);
        route(second, 1);
        run(() -> false, SECOND);
    }

    private IpAddress address(int net, int host) {
        if (v4) {
            return IpAddress.parse((net == 2 ? "198.51.100." : "10.0." + net + ".") + host);
        }
        return IpAddress.parse((net == 2 ? "2001:db8:2::" : "fd00:0:0:" + net + "::") + host);
    }

    private Stack stack(long seed, Consumer<StackBuilder> more) throws StackException {
        StackBuilder builder =
                Stack.builder().clock(clock).rng(Rng.seeded(seed)).ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0));
        more.accept(builder);
        Stack stack = builder.build();
        stacks.add(stack);
        return stack;
    }

    private void connect(String name, Stack host, int net, int mtuBytes) throws StackException {
        PipeLink.Pair cable = PipeLink.pair(mtuBytes);
        Nic near = router.createNic(name, cable.left());
        Nic far = host.createNic("eth0", cable.right());
        near.addAddress(address(net, 1), v4 ? 24 : 64);
        far.addAddress(address(net, 2), v4 ? 24 : 64);
        near.setForwarding(v4, true);
        links.addAll(List.of(cable.left(), cable.right()));
        owners.addAll(List.of(router, host));
    }

    private void route(Stack host, int net) throws StackException {
        host.routes()
                .add(
                        v4 ? Subnet.V4_ALL : Subnet.V6_ALL,
                        address(net, 1),
                        host.nics().get(1));
    }

    /** Adds a rule at the end of a built-in chain of table nat on a stack, and puts the table in force. */
    void rule(Stack stack, Hook hook, Target target, Matcher... matchers) {
        Family family = v4 ? Family.IPV4 : Family.IPV6;
        Table table = tables.isEmpty() ? Table.acceptAll(TableName.NAT, family) : tables.remove(0);
        List<Rule> rules = new ArrayList<>();
        for (Chain chain : table.chains()) {
            if (chain.name().equals(hook.name())) {
                rules.addAll(chain.rules());
            }
        }
        Origin origin = new Origin("nat.rules", rules.size() + 1, hook + " " + target);
        rules.add(new Rule(List.of(matchers), target, origin));
        table = table.with(new Chain(hook.name(), ChainPolicy.ACCEPT, rules, origin));
        tables.add(table);
        stack.ipTables().replace(RuleSet.of(tables));
    }

    /** Carries frames until none is under way. */
    void settle() {
        boolean moved;
        do {
            moved = false;
            for (int i = 0; i < links.size(); i++) {
                if (links.get(i).isPending()) {
                    owners.get(i).run(links.get(i)::poll);
                    moved = true;
                }
            }
        } while (moved);
    }

    /** Lets time pass, deadline by deadline, until the condition holds; false if it does not within the limit. */
    boolean run(BooleanSupplier condition, long limitNs) {
        long end = clock.nowNs() + limitNs;
        while (true) {
            settle();
            if (condition.getAsBoolean()) {
                return true;
            }
            long next = end;
            for (int i = 0; i < links.size(); i++) {
                next = Math.min(next, owners.get(i).run(links.get(i)::poll));
            }
            if (links.stream().anyMatch(PipeLink::isPending)) {
                continue;
            }
            if (clock.nowNs() >= end) {
                return condition.getAsBoolean();
            }
            clock.advanceTo(Math.max(next, clock.nowNs() + 1));
        }
    }

    @Override
    public void close() {
        for (Stack stack : stacks) {
            stack.close();
        }
    }
}
