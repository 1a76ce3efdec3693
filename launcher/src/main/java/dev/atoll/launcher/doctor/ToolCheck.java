package dev.atoll.launcher.doctor;

import dev.atoll.launcher.doctor.Host.Run;
import dev.atoll.launcher.start.Tools.Tool;
import java.util.Optional;

/** An outside program of the start chain: whether it is there, and new enough by its own word. */
final class ToolCheck implements Check {
    private final Host host;
    private final Tool tool;

    ToolCheck(Host host, Tool tool) {
        this.host = host;
        this.tool = tool;
    }

    @Override
    public String subject() {
        return "program " + tool.name();
    }

    @Override
    public Finding examine() {
        Optional<String> file = host.find(tool);
        if (file.isEmpty()) {
            return Finding.missing("not there; it " + tool.use(), install());
        }
        if (tool.oldest().isEmpty()) {
            return Finding.ok(file.get());
        }
        Run run = host.run(file.get(), "--version");
        if (run.output().contains("BusyBox")) {
            return Finding.missing(file.get() + " is BusyBox's, which lacks options", install());
        }
        Optional<Version> version = run.succeeded() ? Version.in(run.output()) : Optional.empty();
        if (version.isEmpty()) {
            return Finding.warn(
                    file.get() + " does not say its version: " + run.lastLine(),
                    "it should be " + tool.oldest() + " or newer");
        }
        if (version.get().compareTo(oldest()) < 0) {
            return Finding.missing(file.get() + " is " + version.get() + ", older than " + tool.oldest(), install());
        }
        return Finding.ok(file.get() + " is " + version.get() + ", at least " + tool.oldest());
    }

    private Version oldest() {
        return Version.in(tool.oldest()).orElseThrow();
    }

    private String install() {
        String version = tool.oldest().isEmpty() ? "" : " " + tool.oldest() + " or newer";
        return "install " + tool.name() + version + ", which Debian has in the package " + tool.debianPackage();
    }
}
