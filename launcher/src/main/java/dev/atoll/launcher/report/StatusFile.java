package dev.atoll.launcher.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says how a run goes and ended, as one JSON object. The file is replaced as a whole, so that a reader never sees half of
 * it; {@code docs/status-file.md} lists the fields.
 */
public final class StatusFile {
    private static final int VERSION = 1;
    private static final int LAST_SIGNAL = 64;
    private static final int SIGNAL_BASE = 128;

    private final Path file;
    private final JsonFactory json = new JsonFactory();

    public StatusFile(Path file) {
        this.file = file;
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /** The program runs. */
    public void running(RunDescription run, int pid, ReloadState policy, List<RunningJvm> jvms, FrameLosses losses)
            throws IOException {
        write(generator -> {
            generator.writeStringField("outcome", "running");
            generator.writeNumberField("launcherPid", ProcessHandle.current().pid());
            generator.writeNumberField("programPid", pid);
            describe(generator, run);
            describe(generator, run, policy);
            generator.writeArrayFieldStart("jvms");
            for (RunningJvm jvm : jvms) {
                generator.writeStartObject();
                generator.writeNumberField("pid", jvm.pid());
                generator.writeStringField("address", jvm.address());
                generator.writeStringField("loopbackOnly", jvm.loopbackOnly());
                generator.writeStringField("startedAt", jvm.startedAt().toString());
                generator.writeNumberField("lostFrames", jvm.lostFrames());
                generator.writeNumberField("refusedFrames", jvm.refusedFrames());
                generator.writeEndObject();
            }
            generator.writeEndArray();
            describe(generator, losses);
        });
    }

    /** The run is over. */
    public void ended(
            @Nullable RunDescription run,
            Outcome outcome,
            Instant endedAt,
            @Nullable ReloadState policy,
            FrameLosses losses)
            throws IOException {
        write(generator -> {
            generator.writeStringField("outcome", outcome.kind().text());
            generator.writeNumberField("exitCode", outcome.exitCode());
            if (outcome.kind() == Outcome.Kind.SIGNALLED) {
                generator.writeNumberField("signal", outcome.exitCode() - SIGNAL_BASE);
            }
            if (!outcome.message().isEmpty()) {
                generator.writeStringField("message", outcome.message());
            }
            if (run != null) {
                generator.writeNumberField("denials", outcome.denials());
                describe(generator, run);
                if (policy != null) {
                    describe(generator, run, policy);
                }
                describe(generator, losses);
                generator.writeStringField("endedAt", endedAt.toString());
                generator.writeNumberField(
                        "durationMs", Duration.between(run.startedAt(), endedAt).toMillis());
            }
        });
    }

    /** Whether a shell would read that exit code as a signal. */
    public static boolean isSignal(int exitCode) {
        return exitCode > SIGNAL_BASE && exitCode <= SIGNAL_BASE + LAST_SIGNAL;
    }

    private static void writeTexts(JsonGenerator generator, String field, List<String> texts) throws IOException {
        generator.writeArrayFieldStart(field);
        for (String text : texts) {
            generator.writeString(text);
        }
        generator.writeEndArray();
    }

    private static void describe(JsonGenerator generator, RunDescription run) throws IOException {
        writeTexts(generator, "command", run.command());
        generator.writeStringField("link", run.link());
        generator.writeStringField("address", run.address());
        generator.writeStringField("router", run.router());
        writeTexts(generator, "dns", run.dns());
        // A run without a policy is a run without a filter, and whoever reads this shall not have to infer it.
        generator.writeBooleanField("filter", !run.policies().isEmpty());
        generator.writeArrayFieldStart("policies");
        for (Path policy : run.policies()) {
            generator.writeString(policy.toString());
        }
        generator.writeEndArray();
        generator.writeStringField("debug", run.debug());
        generator.writeStringField("capture", text(run.capture()));
        generator.writeStringField("startedAt", run.startedAt().toString());
    }

    private static void describe(JsonGenerator generator, RunDescription run, ReloadState policy) throws IOException {
        if (run.policies().isEmpty()) {
            return;
        }
        generator.writeStringField("policyLoadedAt", policy.loadedAt().toString());
        generator.writeNumberField("reloads", policy.reloads());
        generator.writeNumberField("failedReloads", policy.failedReloads());
        Instant failedAt = policy.lastFailureAt();
        generator.writeStringField("lastFailedReloadAt", failedAt == null ? null : failedAt.toString());
        generator.writeStringField("lastFailedReload", policy.lastFailure());
    }

    private static void describe(JsonGenerator generator, FrameLosses losses) throws IOException {
        generator.writeObjectFieldStart("jvmFrames");
        generator.writeNumberField("lostToJvms", losses.toJvms());
        generator.writeNumberField("lostToLink", losses.toLink());
        generator.writeNumberField("refused", losses.refused());
        generator.writeEndObject();
    }

    private static @Nullable String text(@Nullable Path path) {
        return path == null ? null : path.toString();
    }

    /** Writes the fields of the object. */
    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator generator) throws IOException;
    }

    private void write(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = json.createGenerator(bytes)) {
            generator.useDefaultPrettyPrinter();
            generator.writeStartObject();
            generator.writeNumberField("version", VERSION);
            fields.write(generator);
            generator.writeEndObject();
        }
        bytes.write('\n');
        Path whole = file.toAbsolutePath();
        if (Files.exists(whole) && !Files.isRegularFile(whole)) {
            // /dev/stdout or a named pipe: replacing it would be wrong.
            Files.write(whole, bytes.toByteArray());
            return;
        }
        Path next = whole.resolveSibling(whole.getFileName() + ".new");
        Files.write(next, bytes.toByteArray());
        Files.move(next, whole, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
