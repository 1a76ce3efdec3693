package dev.atoll.launcher.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NameFamiliesTest {
    private static String fold(String... names) {
        return String.join(" ", NameFamilies.of(List.of(names)));
    }

    @Test
    void threeNamesOfOneOwner_becomeAFamily() {
        assertEquals("*.shop.example", fold("c.shop.example", "a.shop.example", "b.shop.example"));
        assertEquals("a.shop.example b.shop.example", fold("b.shop.example", "a.shop.example", "a.shop.example"));
        assertEquals("*.eu.shop.example", fold("a.eu.shop.example", "b.eu.shop.example", "c.eu.shop.example"));
    }

    @Test
    void namesOfDifferentOwners_neverAFamily() {
        assertEquals("a.com b.com c.com", fold("a.com", "b.com", "c.com"));
        assertEquals("a.co.uk b.co.uk c.co.uk", fold("a.co.uk", "b.co.uk", "c.co.uk"));
        assertEquals("*.shop.co.uk", fold("a.shop.co.uk", "b.shop.co.uk", "c.shop.co.uk"));
        assertEquals("a.github.io b.github.io c.github.io", fold("a.github.io", "b.github.io", "c.github.io"));
        assertEquals(
                "a.s3.amazonaws.com b.s3.amazonaws.com c.s3.amazonaws.com",
                fold("a.s3.amazonaws.com", "b.s3.amazonaws.com", "c.s3.amazonaws.com"));
        assertEquals("a b c", fold("a", "b", "c"));
    }
}
