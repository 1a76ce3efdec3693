package dev.atoll.examples.embedding;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** A matcher and a target of one's own: packets of more than 100 bytes are counted and dropped. */
final class OwnRule {
    static final Matcher LARGE = context -> Matcher.of(context.lengthBytes() > 100);

    private OwnRule() {}

    /** Counts packets and their bytes, in memory that is there: under the stack's hold nothing is allocated. */
    static Target tally(int[] counts) {
        return context -> {
            counts[0]++;
            counts[1] += context.lengthBytes();
            return Target.Action.DROP;
        };
    }

    public static void main(String[] args) throws StackException {
        int[] counts = new int[2];
        try (Cable cable = new Cable(builder -> {}, link -> link);
                UdpEndpoint sender = cable.left.newUdpEndpoint();
                UdpEndpoint receiver = cable.right.newUdpEndpoint()) {
            cable.right.ipTables().replace(input(tally(counts)));
            receiver.bind(new FullAddress(Cable.RIGHT, 9));
            for (int bytes : new int[] {10, 200, 20, 300}) {
                sender.send(ByteBuffer.allocate(bytes), new FullAddress(Cable.RIGHT, 9));
            }
            cable.runUntil(() -> false);
            int received = 0;
            while (receiver.receive(ByteBuffer.allocate(1000)) != null) {
                received++;
            }
            System.out.println(received + " received, " + counts[0] + " of " + counts[1] + " bytes dropped");
        }
    }

    private static RuleSet input(Target target) {
        Rule rule = new Rule(List.of(LARGE), target, new Origin("OwnRule", 1, "-m large"));
        Chain input = new Chain("INPUT", ChainPolicy.ACCEPT, List.of(rule), new Origin("OwnRule", 1, ":INPUT"));
        return RuleSet.of(List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(input)));
    }
}
