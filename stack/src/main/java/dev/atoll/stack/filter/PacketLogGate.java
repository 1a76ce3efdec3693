package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/** Between rules that tell of packets and who listens: what comes too fast is counted and told with the next one. */
final class PacketLogGate {
    private final ReportBudget budget = new ReportBudget();
    private @Nullable PacketLogListener listener;
    private long untold;

    void listener(@Nullable PacketLogListener newListener) {
        listener = newListener;
    }

    void log(LoggedPacket.Cause cause, @Nullable Origin origin, PacketContext context) {
        PacketLogListener told = listener;
        if (told == null) {
            return;
        }
        if (!budget.take(context.nowNs())) {
            untold++;
            return;
        }
        long before = untold;
        untold = 0;
        told.logged(LoggedPacket.of(cause, origin, context, before));
    }

    long untold() {
        return untold;
    }

    /** All but the listener. */
    void archive(Archive archive) {
        budget.archive(archive);
        untold = archive.int64(untold);
    }
}
