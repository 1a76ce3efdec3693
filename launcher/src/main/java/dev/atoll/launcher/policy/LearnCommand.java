package dev.atoll.launcher.policy;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.launcher.policy.learn.FlowLogReader;
import dev.atoll.launcher.policy.learn.Learned;
import dev.atoll.launcher.policy.learn.PolicyWriter;
import dev.atoll.launcher.policy.learn.PolicyWriter.Form;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code policy learn}: a policy that allows what flow logs have seen. */
final class LearnCommand {
    private final PrintStream out;
    private final InputStream in;

    /**
     * @param in what {@code -} means as a log
     */
    LearnCommand(PrintStream out, InputStream in) {
        this.out = out;
        this.in = in;
    }

    int run(PolicyRequest.Learn request) throws LaunchException {
        Form form = form(request.form(), request.out());
        Learned learned = new FlowLogReader(request.denied(), in).read(request.logs());
        String policy = PolicyWriter.write(learned, form);
        if (request.out() == null) {
            out.print(policy);
        } else {
            write(request.out(), policy);
            out.println(request.out() + ": " + learned.rules().size() + " rules from " + learned.flows() + " records");
        }
        return 0;
    }

    private static void write(String file, String policy) throws LaunchException {
        try {
            Files.writeString(Path.of(file), policy);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy learn: " + file + " cannot be written: " + e, e);
        }
    }

    /** A policy is read as what its name says, so that is how it has to be written. */
    private static Form form(@Nullable String word, @Nullable String file) throws LaunchException {
        Form byName = file == null ? null : HoconPolicy.isHocon(file) ? Form.HOCON : Form.IPTABLES;
        if (file != null && file.endsWith(".json")) {
            throw refusal("--out " + file + ": JSON has no comments to say what a rule covers; end the name in .conf");
        }
        if (word == null) {
            return byName == null ? Form.HOCON : byName;
        }
        for (Form form : Form.values()) {
            if (form.word().equals(word)) {
                if (byName != null && byName != form) {
                    throw refusal("--form is " + word + ", and " + file + " would be read as " + byName.word()
                            + ": a name ends in .conf exactly if the file is HOCON");
                }
                return form;
            }
        }
        throw refusal("--form is \"" + word + "\", expected hocon or iptables");
    }

    private static LaunchException refusal(String what) {
        return new LaunchException(ExitCode.CONFIGURATION, "policy learn: " + what);
    }
}
