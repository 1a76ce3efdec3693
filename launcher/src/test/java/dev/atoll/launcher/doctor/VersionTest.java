package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void in_whatProgramsPrint_isTheirVersion() {
        assertEquals(Optional.of(new Version(2, 38)), Version.in("unshare from util-linux 2.38.1"));
        assertEquals(
                Optional.of(new Version(2, 36)), Version.in("mount from util-linux 2.36 (libmount 2.36: selinux)"));
        assertEquals(Optional.of(new Version(9, 1)), Version.in("dd (coreutils) 9.1\n(C) 2022"));
        assertEquals(Optional.of(new Version(6, 18)), Version.in("6.18.44-generic"));
        assertEquals(Optional.of(new Version(25, 0)), Version.in("25"));
        assertEquals(Optional.of(new Version(2, 40)), Version.in("unshare from util-linux 2.40-rc1"));
    }

    @Test
    void in_textWithoutNumber_isEmpty() {
        assertEquals(Optional.empty(), Version.in(""));
        assertEquals(Optional.empty(), Version.in("x86 iproute2"));
    }

    @Test
    void compareTo_minorOfTwoDigits_isNumeric() {
        assertTrue(new Version(2, 9).compareTo(new Version(2, 36)) < 0);
        assertTrue(new Version(3, 0).compareTo(new Version(2, 36)) > 0);
        assertEquals(0, new Version(2, 36).compareTo(new Version(2, 36)));
    }
}
