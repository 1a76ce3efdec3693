package dev.atoll.launcher.policy.space;

/** A policy whose address space falls into more pieces than are looked at. */
public final class TooComplexException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooComplexException(int most) {
        super("the policy divides packets into more than " + most + " cases, which is more than are looked at");
    }
}
