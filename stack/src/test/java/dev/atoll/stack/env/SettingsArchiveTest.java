package dev.atoll.stack.env;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.StateDiff;
import dev.atoll.stack.options.ArchivedOptions;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.TcpTuning;
import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings come back from an archive as they were: each of them is other than by default here. */
class SettingsArchiveTest {
    private static <T> T copy(T value, Archive.Codec<T> codec) {
        Archive archive = Archive.saving();
        codec.archive(archive, value);
        archive.end();
        Archive restoring = Archive.restoring(archive.toByteArray());
        T copy = codec.archive(restoring, null);
        restoring.end();
        return copy;
    }

    @Test
    void neighborSettings() {
        NeighborSettings settings = new NeighborSettings(1_000_001, 0.25, 2.125, 3_000_003, 4, 5, 6);
        assertEquals(settings, copy(settings, ArchivedSettings::neighbors));
    }

    @Test
    void ipv6Settings_eachForItself() {
        for (int bit = 0; bit < 7; bit++) {
            int on = 1 << bit;
            Ipv6Settings settings = new Ipv6Settings(
                    (on & 1) != 0,
                    (on & 2) != 0,
                    bit + 2,
                    (on & 4) != 0,
                    (on & 8) != 0,
                    (on & 16) != 0,
                    (on & 32) != 0,
                    (on & 64) != 0);
            assertEquals(settings, copy(settings, ArchivedSettings::ipv6));
        }
    }

    @Test
    void dhcpSettings() {
        DhcpSettings settings = new DhcpSettings("box-7", 9);
        assertEquals(settings, copy(settings, ArchivedSettings::dhcp));
    }

    @Test
    void messageTuning() {
        MessageTuning tuning = new MessageTuning(3000, 40_000, 500_000);
        assertEquals(tuning, copy(tuning, ArchivedOptions::messages));
    }

    @Test
    void tcpTuning_everyField() throws IllegalAccessException {
        TcpTuning tuning = new TcpTuning();
        for (Field field : TcpTuning.class.getFields()) {
            if (field.getType() == int.class) {
                field.setInt(tuning, field.getInt(tuning) + 1);
            } else if (field.getType() == boolean.class) {
                field.setBoolean(tuning, !field.getBoolean(tuning));
            }
        }
        tuning.congestionControl = "reno";
        tuning.ecn = TcpTuning.Ecn.ON;
        tuning.timeWaitReuse = TcpTuning.TimeWaitReuse.OFF;
        List<String> unlike = new StateDiff()
                .compare("tuning", tuning, copy(tuning, ArchivedOptions::tcp))
                .differences();
        assertEquals(List.of(), unlike);
    }
}
