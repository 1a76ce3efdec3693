package dev.atoll.examples.embedding;

import dev.atoll.stack.Stack;
import dev.atoll.stack.link.ChannelLink;

/** Carries frames by hand. */
final class Carrying {
    private Carrying() {}

    /** Gives each of two stacks what the other has sent, until neither has sent anything. */
    static void between(Stack one, ChannelLink oneEnd, Stack other, ChannelLink otherEnd) {
        boolean moved = true;
        while (moved) {
            moved = move(oneEnd, other, otherEnd);
            moved |= move(otherEnd, one, oneEnd);
        }
    }

    private static boolean move(ChannelLink from, Stack to, ChannelLink toEnd) {
        boolean moved = false;
        for (byte[] frame = from.read(); frame != null; frame = from.read()) {
            byte[] crossing = frame;
            to.run(() -> toEnd.inject(crossing));
            moved = true;
        }
        return moved;
    }
}
