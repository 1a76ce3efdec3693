package dev.atoll.launcher.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of the commands of {@code policy}. */
abstract class PolicyOptions {
    @Parameter(
            names = {"--help", "-h"},
            description = "Show this",
            help = true)
    boolean help;

    /** What is neither an option nor its value. */
    @Parameter(hidden = true)
    List<String> words = new ArrayList<>();

    /** How the words behind the command are written. */
    abstract String usage();

    /** Whether so many words can be meant. */
    abstract boolean takes(int count);

    abstract PolicyRequest request();

    /** Those of a command that reads policies. */
    private abstract static class Reading extends PolicyOptions {
        @Parameter(
                names = "--ipset",
                description = "A file of sets as ipset save writes them, for -m set; may be given several times",
                splitter = RunOptions.Whole.class)
        List<String> ipset = new ArrayList<>();
    }

    /** Those of one that says what it has found. */
    private abstract static class Saying extends Reading {
        @Parameter(names = "--json", description = "Say it as JSON")
        boolean json;
    }

    /** {@code policy check}. */
    @Parameters(
            separators = "=",
            commandDescription = "Say everything that is wrong with policies, or probably not meant")
    static final class Check extends Saying {
        @Parameter(names = "--strict", description = "Exit with 1 if there are warnings")
        boolean strict;

        @Override
        String usage() {
            return "FILE...";
        }

        @Override
        boolean takes(int count) {
            return count >= 1;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Check(List.copyOf(words), List.copyOf(ipset), strict, json);
        }
    }

    /** {@code policy explain}. */
    @Parameters(separators = "=", commandDescription = "Show which rules a connection meets and what the program sees")
    static final class Explain extends Saying {
        @Parameter(names = "--proto", description = "tcp or udp")
        String protocol = "tcp";

        @Parameter(names = "--from-address", description = "Who begins it, ADDRESS or ADDRESS:PORT")
        @Nullable String from;

        @Parameter(
                names = "--from",
                description =
                        "Whose code opens it: NAME.jar, GROUP:ARTIFACT[:VERSION], a class with its package, or several")
        @Nullable String code;

        @Parameter(names = "--as", description = "As whom the program runs, USER or USER:GROUP, by name or number")
        @Nullable String as;

        @Override
        String usage() {
            return "FILE connect HOST:PORT | FILE accept [ADDRESS:]PORT";
        }

        @Override
        boolean takes(int count) {
            return count == 3;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Explain(
                    words.get(0), words.get(1), words.get(2), protocol, from, as, code, List.copyOf(ipset), json);
        }
    }

    /** {@code policy test}. */
    @Parameters(separators = "=", commandDescription = "Try the cases that stand in policies as comments: # test: ...")
    static final class Test extends Saying {
        @Override
        String usage() {
            return "FILE...";
        }

        @Override
        boolean takes(int count) {
            return count >= 1;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Test(List.copyOf(words), List.copyOf(ipset), json);
        }
    }

    /** {@code policy diff}. */
    @Parameters(
            separators = "=",
            commandDescription = "Say which new connections a policy lets through and another does not")
    static final class Diff extends Saying {
        @Override
        String usage() {
            return "BEFORE AFTER";
        }

        @Override
        boolean takes(int count) {
            return count == 2;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Diff(words.get(0), words.get(1), List.copyOf(ipset), json);
        }
    }

    /** {@code policy convert}. */
    @Parameters(separators = "=", commandDescription = "Print a policy in the normal form of iptables-save")
    static final class Convert extends Reading {
        @Override
        String usage() {
            return "FILE";
        }

        @Override
        boolean takes(int count) {
            return count == 1;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Convert(words.get(0), List.copyOf(ipset));
        }
    }

    /** {@code policy learn}. */
    @Parameters(separators = "=", commandDescription = "Write the policy that allows what flow logs have seen")
    static final class Learn extends PolicyOptions {
        @Parameter(names = "--form", description = "hocon or iptables; without it what --out says, else hocon")
        @Nullable String form;

        @Parameter(names = "--out", description = "Write it to this file: in HOCON if the name ends in .conf")
        @Nullable String out;

        @Parameter(names = "--denied", description = "Allow also what a rule had denied")
        boolean denied;

        @Override
        String usage() {
            return "LOG...";
        }

        @Override
        boolean takes(int count) {
            return count >= 1;
        }

        @Override
        PolicyRequest request() {
            return new PolicyRequest.Learn(List.copyOf(words), form, out, denied);
        }
    }
}
