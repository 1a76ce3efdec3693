package dev.atoll.stack;

import org.jspecify.annotations.Nullable;

/**
 * What a NIC begins with.
 *
 * @param enabled false for a NIC that neither sends nor receives before {@link Nic#setEnabled}
 * @param context anything of the caller's, given back by {@link Nic#context}
 */
public record NicOptions(boolean enabled, @Nullable Object context) {
    /** Enabled, without a context. */
    public static final NicOptions DEFAULT = new NicOptions(true, null);
}
