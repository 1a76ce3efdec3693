package dev.atoll.runtime.policy;

import java.util.Collection;

/** What a rule needs to know of the table it is in. */
interface ChainNames {
    /** Whether a user chain of that name exists at this line. */
    boolean hasUserChain(String name);

    /** Whether a built-in chain of that name exists. */
    boolean hasBuiltIn(String name);

    /** The line further down that declares the chain, or 0. */
    int declaredLater(String name);

    /** The user chains, for suggestions. */
    Collection<String> userChains();
}
