package dev.atoll.launcher.demo;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkKind;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.launcher.link.TapLink;

/**
 * {@code --link demo}: a link with a web server at the router's address, on ports 80 and 8080. Behind {@code demo} or
 * {@code demo:stream} it is a second stack in the launcher, behind {@code demo:tap} the host's kernel. Found like any
 * other provider's link, so it shows that this door works.
 */
public final class DemoLink implements LinkKind {
    /** What {@code --link} calls it. */
    static final String NAME = "demo";

    /** For {@link java.util.ServiceLoader}. */
    public DemoLink() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        LinkRequest plain = request.withArgument("");
        return switch (request.argument()) {
            case "", StreamLink.NAME -> new StackServedLink(new StreamLink().open(plain), plain.mtuBytes());
            case TapLink.NAME -> new HostServedLink(new TapLink().open(plain));
            default ->
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        "link demo:" + request.argument() + ": there are demo:stream and demo:tap");
        };
    }
}
