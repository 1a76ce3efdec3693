package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of other hosts that one NIC answers for, to pass on what comes for them (RFC 1027, RFC 4861 section 7.2.8;
 * the proxies of ip-neighbour(8)). It does so while it forwards their family.
 *
 * <p>A question to everybody may have other answers, so this one waits a while drawn at random. At most {@link #MAX_WAITING}
 * wait; one more is not given. Under the stack's hold.
 */
public final class ProxyTable {
    /** Addresses of one NIC. */
    public static final int MAX_PROXIES = 256;

    /** Linux's proxy_qlen. */
    static final int MAX_WAITING = 64;

    /** Linux's proxy_delay; RFC 4861 has up to a second (MAX_ANYCAST_DELAY_TIME). */
    static final int MAX_DELAY_NS = 800_000_000;

    /** An answer that waits. */
    private final class Answer {
        final IpAddress target;
        final IpAddress asker;
        final long askerLink;
        final Timer timer = cycle.newTimer(this::due);

        Answer(IpAddress target, IpAddress asker, long askerLink) {
            this.target = target;
            this.asker = asker;
            this.askerLink = askerLink;
        }

        private void due() {
            timer.dispose();
            waiting.remove(this);
            if (answersFor(target)) {
                device.answerProxied(target, asker, askerLink);
            }
        }
    }

    private final Device device;
    private final Cycle cycle;
    private final List<IpAddress> proxied = new ArrayList<>();
    private final List<Answer> waiting = new ArrayList<>();

    ProxyTable(Device device, Cycle cycle) {
        this.device = device;
        this.cycle = cycle;
    }

    /** False if there are as many as there may be, here or among the NIC's groups; nothing changes for one that is there. */
    public boolean add(IpAddress address) {
        if (proxied.contains(address)) {
            return true;
        }
        if (proxied.size() == MAX_PROXIES
                || (!address.isV4() && !device.groups().join(address.solicitedNode()))) {
            return false;
        }
        proxied.add(address);
        return true;
    }

    /** False if there is none. */
    public boolean remove(IpAddress address) {
        if (!proxied.remove(address)) {
            return false;
        }
        if (!address.isV4()) {
            device.groups().leave(address.solicitedNode());
        }
        return true;
    }

    /** In the order in which they were added. */
    public List<IpAddress> list() {
        return List.copyOf(proxied);
    }

    /** Whether a question for the address is to be answered. */
    public boolean answersFor(IpAddress address) {
        return !proxied.isEmpty() && device.isForwarding(address.isV4()) && proxied.contains(address);
    }

    /**
     * Answers a question for an address, at once or after a while.
     *
     * @param asker who asked; {@code ::} for one who checks whether the address is free
     * @param askerLink the asker's link address, for ARP
     * @param atOnce whether only this host was asked
     */
    public void answer(IpAddress target, IpAddress asker, long askerLink, boolean atOnce) {
        if (atOnce) {
            device.answerProxied(target, asker, askerLink);
        } else if (waiting.size() == MAX_WAITING) {
            device.countDrop(DropReason.PROXY_QUEUE_FULL);
        } else {
            Answer answer = new Answer(target, asker, askerLink);
            waiting.add(answer);
            cycle.armIn(answer.timer, cycle.rng().nextInt(MAX_DELAY_NS));
        }
    }

    /** Gives up the answers that wait. */
    void clearWaiting() {
        for (Answer answer : waiting) {
            answer.timer.dispose();
        }
        waiting.clear();
    }

    /** The groups are the device's, and restored with it. */
    void archive(Archive archive) {
        archive.list(proxied, MAX_PROXIES, ArchivedValues::address);
        List<Answer> answers = new ArrayList<>(waiting);
        if (archive.isRestoring()) {
            clearWaiting();
        }
        archive.list(answers, MAX_WAITING, this::archiveAnswer);
        if (archive.isRestoring()) {
            waiting.addAll(answers);
        }
    }

    private Answer archiveAnswer(Archive archive, @Nullable Answer saved) {
        IpAddress target = ArchivedValues.address(archive, saved == null ? null : saved.target);
        IpAddress asker = ArchivedValues.address(archive, saved == null ? null : saved.asker);
        long askerLink = archive.int64(saved == null ? 0 : saved.askerLink);
        Answer answer = saved == null ? new Answer(target, asker, askerLink) : saved;
        answer.timer.archive(archive);
        return answer;
    }
}
