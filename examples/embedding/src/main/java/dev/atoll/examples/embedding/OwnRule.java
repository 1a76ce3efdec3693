package dev.atoll.examples.embedding;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A matcher and a target of one's own: packets of more than 100 bytes are noted, then dropped. */
final class OwnRule {
    private OwnRule() {}

    public static void main(String[] args) throws StackException {
        List<Integer> noted = new ArrayList<>();
        Matcher large = context -> Matcher.of(context.lengthBytes() > 100);
        Target note = context -> {
            noted.add(context.lengthBytes());
            return Target.Action.CONTINUE;
        };
        try (Cable cable = new Cable(builder -> {}, link -> link);
                UdpEndpoint sender = cable.left.newUdpEndpoint();
                UdpEndpoint receiver = cable.right.newUdpEndpoint()) {
            cable.right.ipTables().replace(input(List.of(rule(large, note), rule(large, StandardTarget.DROP))));
            receiver.bind(new FullAddress(Cable.RIGHT, 9));
            for (int bytes : new int[] {10, 200, 20, 300}) {
                sender.send(ByteBuffer.allocate(bytes), new FullAddress(Cable.RIGHT, 9));
            }
            cable.runUntil(() -> false);
            int received = 0;
            while (receiver.receive(ByteBuffer.allocate(1000)) != null) {
                received++;
            }
            System.out.println(received + " received, dropped of these lengths: " + noted);
        }
    }

    private static Rule rule(Matcher matcher, Target target) {
        return new Rule(List.of(matcher), target, new Origin("OwnRule", 1, "-m large"));
    }

    private static RuleSet input(List<Rule> rules) {
        Chain input = new Chain("INPUT", ChainPolicy.ACCEPT, rules, new Origin("OwnRule", 1, ":INPUT"));
        return RuleSet.of(List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(input)));
    }
}
