package dev.atoll.stack.filter;

/**
 * Packets that the filter ended.
 *
 * @param dropped ended in silence
 * @param rejected ended with an answer
 * @param unreported of both, those that came too fast to be told to the listener
 */
public record DenialStats(long dropped, long rejected, long unreported) {}
