package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.StringJoiner;

/** Opens the link that {@code --link} names. */
public final class Links {
    /** TAP where it can be made, else the stream link. */
    public static final String AUTO = "auto";

    private Links() {}

    /**
     * Opens a link.
     *
     * @param choice {@code KIND} or {@code KIND:ARGUMENT}
     * @param request everything but the argument
     */
    public static OpenLink open(String choice, LinkRequest request) throws LaunchException {
        int colon = choice.indexOf(':');
        String name = colon < 0 ? choice : choice.substring(0, colon);
        String argument = colon < 0 ? "" : choice.substring(colon + 1);
        LinkRequest whole = request.withArgument(argument);
        return switch (name) {
            case AUTO -> automatic(plain(name, whole));
            case TapLink.NAME -> new TapLink().open(whole);
            case VethLink.NAME -> new VethLink().open(whole);
            case StreamLink.NAME -> stream(plain(name, whole));
            case NoLink.NAME -> new NoLink().open(plain(name, whole));
            default -> provided(name).open(whole);
        };
    }

    private static LinkRequest plain(String name, LinkRequest request) throws LaunchException {
        if (!request.argument().isEmpty()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "link " + name + ":" + request.argument() + ": the link " + name + " takes nothing after a colon");
        }
        return request;
    }

    private static OpenLink automatic(LinkRequest request) throws LaunchException {
        try {
            return new TapLink().open(request);
        } catch (LaunchException e) {
            if (e.exitCode() != ExitCode.MISSING) {
                throw e;
            }
            return stream(request);
        }
    }

    private static OpenLink stream(LinkRequest request) throws LaunchException {
        RouterStack.requireOpenPackages();
        return new StreamLink().open(request);
    }

    private static LinkKind provided(String name) throws LaunchException {
        StringJoiner known = new StringJoiner(", ")
                .add(TapLink.NAME)
                .add(VethLink.NAME)
                .add(StreamLink.NAME)
                .add(NoLink.NAME);
        try {
            for (LinkKind kind : ServiceLoader.load(LinkKind.class, Links.class.getClassLoader())) {
                if (kind.name().equals(name)) {
                    return kind;
                }
                known.add(kind.name());
            }
        } catch (ServiceConfigurationError e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "link: a provider cannot be used: " + e.getMessage(), e);
        }
        throw new LaunchException(
                ExitCode.CONFIGURATION, "link: there is no kind \"" + name + "\"; there are " + known);
    }
}
