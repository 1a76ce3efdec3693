package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/** Flows in the order in which they came; a flow is in one list at most and leaves from anywhere. */
final class FlowList {
    private @Nullable Flow first;
    private @Nullable Flow last;

    @Nullable Flow first() {
        return first;
    }

    void add(Flow flow) {
        Check.that(flow.list == null, "a flow is in one list at most");
        flow.list = this;
        flow.previous = last;
        if (last == null) {
            first = flow;
        } else {
            last.next = flow;
        }
        last = flow;
    }

    void remove(Flow flow) {
        Check.that(flow.list == this, "a flow leaves the list it is in");
        Flow before = flow.previous;
        Flow after = flow.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        flow.previous = null;
        flow.next = null;
        flow.list = null;
    }

    /** The flows in their order, of which there are no more than {@code most}. */
    void archive(Archive archive, int most, Archive.Codec<Flow> codec) {
        int size = 0;
        for (Flow flow = first; flow != null; flow = flow.next) {
            size++;
        }
        int count = archive.count(size, most);
        Flow saved = first;
        for (int i = 0; i < count; i++) {
            Flow flow = codec.archive(archive, saved);
            if (saved == null) {
                add(flow);
            } else {
                saved = saved.next;
            }
        }
    }
}
