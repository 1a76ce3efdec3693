package dev.atoll.stack.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells how a seed that failed is run again, and keeps its last frames. */
final class Replay {
    private final long seed;
    private final String scenario;
    private final String file;

    /**
     * @param scenario what the seed was played by, to be read behind its number
     * @param file gets the last frames
     */
    Replay(long seed, String scenario, String file) {
        this.seed = seed;
        this.scenario = scenario;
        this.file = file;
    }

    /**
     * The error that tells of a failure.
     *
     * @param network whose frames are kept, or null if there is none yet
     */
    AssertionError failure(String what, @Nullable SimNetwork network, Throwable cause) {
        String frames = network == null ? "" : "; last frames in " + write(network);
        return new AssertionError(
                "seed " + seed + scenario + " (replay with -Datoll.seed=" + seed + "): " + what + frames, cause);
    }

    private Path write(SimNetwork network) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "simulation"));
            return Files.writeString(folder.resolve(file), network.recentFrames());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
