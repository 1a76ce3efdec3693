package dev.atoll.runtime.policy;

/**
 * A text with a policy or a part of one.
 *
 * @param source the file's name as messages and denials shall give it
 */
public record PolicyText(String source, String text) {}
