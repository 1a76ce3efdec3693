package dev.atoll.stack.archive;

/** Has state that outlives its process: what it does when its stack is saved and restored. */
@FunctionalInterface
public interface Archivable {
    /**
     * Passes every value of its state through the archive, in the same order whether it saves or restores. Under the
     * stack's hold.
     */
    void archive(Archive archive);
}
