package dev.atoll.launcher;

import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.config.ConfigLoader;
import dev.atoll.launcher.config.EffectiveConfig;
import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.demo.DemoCommand;
import dev.atoll.launcher.doctor.Doctor;
import dev.atoll.launcher.policy.PolicyCommand;
import dev.atoll.launcher.reload.ReloadCommand;
import java.util.Map;

/** The launcher's entry: reads the command line and does what it says. Its exit codes are {@link ExitCode}'s. */
public final class Main {
    static {
        // Each option of the command line is an annotation, made by one constructor: after fifteen calls of it JDK 17
        // would
        // write a class that calls it faster, for some twenty more, and load a class file writer for that.
        System.setProperty("sun.reflect.inflationThreshold", Integer.toString(Integer.MAX_VALUE));
    }

    private Main() {}

    /** Runs a command and ends the JVM. */
    public static void main(String[] arguments) {
        int exitCode;
        try {
            exitCode = run(arguments);
        } catch (LaunchException e) {
            Terminal.line(e.line());
            exitCode = e.exitCode().number();
        } catch (Throwable e) {
            // An Error too: without an exit code the JVM would go on for as long as one of its threads does.
            Terminal.line("Atoll has failed: " + Terminal.describe(e));
            exitCode = ExitCode.FAILED.number();
        }
        System.out.flush();
        // Not exit: shutdown hooks of libraries would only cost the user time.
        Runtime.getRuntime().halt(exitCode);
    }

    private static int run(String[] arguments) throws LaunchException {
        Preparation preparation = Preparation.begin(arguments);
        CommandLine.Request request = CommandLine.parse(arguments);
        if (request instanceof CommandLine.Run run) {
            return new RunCommand(preparation, System.getenv()).run(run);
        }
        if (request instanceof CommandLine.Refused refused) {
            throw new RunCommand(preparation, System.getenv()).refused(refused);
        }
        if (request instanceof CommandLine.Reload reload) {
            return new ReloadCommand(System.out).run(reload.run());
        }
        if (request instanceof CommandLine.Demo) {
            return new DemoCommand(Main::run, System.out).run();
        }
        if (request instanceof PolicyRequest policy) {
            return new PolicyCommand(System.out, PolicyFile.HOST_NAMES).run(policy);
        }
        if (request instanceof CommandLine.Doctor) {
            return Doctor.ofHost(System.getenv(), System.out).run();
        }
        if (request instanceof CommandLine.ShowConfig config) {
            EffectiveConfig effective =
                    new ConfigLoader(System.getenv(), System.getProperties()).load(Map.of(), config.file());
            // A value that a run would refuse is refused here as well.
            Settings unused = effective.settings();
            System.out.println(effective.describe());
        } else if (request instanceof CommandLine.Show show) {
            System.out.println(show.text());
        }
        return 0;
    }
}
