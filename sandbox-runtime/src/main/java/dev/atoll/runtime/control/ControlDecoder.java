package dev.atoll.runtime.control;

import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what comes from the program into records, in whatever pieces it arrives: the launcher's end.
 *
 * <p>Holds at most one incomplete record, so at most {@link ControlCodec#MAX_TO_LAUNCHER_BYTES} and a length. One thread
 * at a time.
 */
public final class ControlDecoder {
    private ByteBuffer pending = ByteBuffer.allocate(512);
    private boolean broken;

    /**
     * Takes more bytes.
     *
     * @param bytes read to its limit
     * @return the records that are complete now, in order
     * @throws ControlFault if what came is not a record; whatever follows is refused as well
     */
    public List<ToLauncher> feed(ByteBuffer bytes) throws ControlFault {
        if (broken) {
            throw new ControlFault("the connection had a fault before");
        }
        List<ToLauncher> records = new ArrayList<>();
        try {
            while (bytes.hasRemaining()) {
                move(bytes, ControlCodec.LENGTH_BYTES - pending.position());
                if (pending.position() < ControlCodec.LENGTH_BYTES) {
                    break;
                }
                int length = ControlCodec.checkLength(pending.getInt(0), ControlCodec.MAX_TO_LAUNCHER_BYTES);
                int whole = ControlCodec.LENGTH_BYTES + length;
                reserve(whole);
                move(bytes, whole - pending.position());
                if (pending.position() == whole) {
                    records.add(ControlCodec.decodeToLauncher(pending.slice(ControlCodec.LENGTH_BYTES, length)));
                    pending.clear();
                }
            }
        } catch (ControlFault e) {
            broken = true;
            throw e;
        }
        return records;
    }

    /** Whether the bytes so far end inside a record. */
    public boolean isInsideRecord() {
        return pending.position() > 0;
    }

    private void move(ByteBuffer bytes, int count) {
        int moved = Math.min(count, bytes.remaining());
        if (moved > 0) {
            pending.put(pending.position(), bytes, bytes.position(), moved);
            pending.position(pending.position() + moved);
            bytes.position(bytes.position() + moved);
        }
    }

    private void reserve(int capacity) {
        if (pending.capacity() < capacity) {
            ByteBuffer larger = ByteBuffer.allocate(capacity);
            larger.put(pending.flip());
            pending = larger;
        }
    }
}
