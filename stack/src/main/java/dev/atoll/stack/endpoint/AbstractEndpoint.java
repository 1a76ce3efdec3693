package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.ReadinessListener;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoints share: readiness and its listener, and the hold around each call.
 *
 * <p>Readiness is computed under the hold, at the end of each call and whenever the protocol says that something
 * changed, and published in a volatile field.
 */
abstract class AbstractEndpoint extends Notification implements Endpoint {
    /** Of SO_LINGER, on any endpoint. */
    static final int MAX_LINGER_SECONDS = 65_535;

    /** Of every endpoint once the stack is closed: whoever waits calls, and hears that it is. */
    private static final int STACK_CLOSED = Readiness.ERR | Readiness.HUP;

    final Hold hold;
    private final long uniqueId;
    private volatile int readiness;
    private volatile @Nullable ReadinessListener listener;
    private boolean closed;

    AbstractEndpoint(Hold hold, long uniqueId) {
        this.hold = hold;
        this.uniqueId = uniqueId;
    }

    @Override
    public final long uniqueId() {
        return uniqueId;
    }

    @Override
    public final int readiness() {
        return readiness;
    }

    @Override
    public final void setReadinessListener(@Nullable ReadinessListener newListener) {
        hold.query(() -> {
            listener = newListener;
            hold.notifyLater(this);
            return true;
        });
    }

    /** Under the hold: what the protocol side is ready for. */
    abstract int computeReadiness();

    /** Under the hold: the protocol side is given up. */
    abstract void closeProtocol();

    /** Under the hold: the protocol says that something changed. */
    final void changed() {
        hold.notifyLater(this);
    }

    @Override
    protected final void prepare() {
        updateReadiness();
    }

    @Override
    protected final void deliver() {
        ReadinessListener to = listener;
        int bits = readiness;
        if (to != null && bits != 0) {
            to.onReady(this, bits);
        }
    }

    final void updateReadiness() {
        int bits = closed ? 0 : computeReadiness() | (hold.isClosed() ? STACK_CLOSED : 0);
        if (bits != readiness) {
            readiness = bits;
        }
    }

    final void requireOpen() throws StackException {
        if (closed || hold.isClosed()) {
            throw new StackException(StackError.CLOSED);
        }
    }

    final boolean isClosed() {
        return closed;
    }

    /** A call that is not worth a path of its own: open endpoints only, readiness brought up to date. */
    final <T> T held(Hold.Work<T> work) throws StackException {
        return hold.call(() -> {
            requireOpen();
            try {
                return work.run();
            } finally {
                updateReadiness();
            }
        });
    }

    /** The endpoint is about to close. Outside the hold; more than once if it is closed more than once. */
    void closing() {
        // Nothing is held outside the stack.
    }

    @Override
    public final void close() {
        closing();
        hold.query(() -> {
            if (!closed) {
                closed = true;
                closeProtocol();
                updateReadiness();
            }
            return true;
        });
    }

    static StackException unknownOption(EndpointOption<?> option) {
        return new StackException(StackError.UNKNOWN_OPTION, option.name());
    }

    /** A value within limits, or INVALID with the option's name. */
    static int inRange(EndpointOption<?> option, Object value, int low, int high) throws StackException {
        int number = (Integer) value;
        if (number < low || number > high) {
            throw new StackException(
                    StackError.INVALID, option.name() + " is " + number + ", expected " + low + " to " + high);
        }
        return number;
    }

    /** An option's value as it is shown: hops that were not set are the stack's. */
    static Object shown(Object value, EndpointOption<?> option, int defaultTtl) {
        boolean unset = option == EndpointOption.IP_TTL && value.equals(IpLayer.LINK_TTL);
        return unset ? (Integer) defaultTtl : value;
    }

    /** Options are typed by their constant; a raw cast elsewhere would be found here. */
    static void checkType(EndpointOption<?> option, Object value) {
        Check.argument(
                option.type().isInstance(value),
                option.name(),
                value,
                option.type().getSimpleName());
    }

    /** Whether it belongs to the stack of that hold. */
    final boolean isOf(Hold other) {
        return hold == other;
    }
}
